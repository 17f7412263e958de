/** A name as part of an address: lower case, words joined by `-`, accents dropped. Source: spec G2. */
export function slugOf(name: string): string {
  const plain = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
  return plain.slice(0, 60) || 'x'
}

/** The n-th try for a taken slug: `ada`, `ada-2`, `ada-3`. */
export const numbered = (slug: string, attempt: number): string => (attempt === 1 ? slug : `${slug}-${attempt}`)
