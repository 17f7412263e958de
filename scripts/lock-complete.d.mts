/** What is missing, one line each. */
export function missingFromLock(): string[]
