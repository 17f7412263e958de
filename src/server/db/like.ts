/** What somebody searches for, as a pattern of `like` for text in lower case: its own wildcards are letters. */
export const containing = (text: string): string => `%${text.toLowerCase().replace(/[\\%_]/g, '\\$&')}%`
