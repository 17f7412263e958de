/** Countries by their English names. Source: spec G2. */

const names = new Intl.DisplayNames('en', { type: 'region' })
const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ']

/** The codes that stand for themselves: `UK`, `SU` or `FX` are other names of a country that has one. */
const codes: readonly string[] = letters
  .flatMap(first => letters.map(second => first + second))
  .filter(code => names.of(code) !== code && new Intl.Locale(`und-${code}`).region === code)

let codeByName: Map<string, string> | undefined

/** A country's code from its English name (`Germany` is `DE`); what is no such name stays as it is. */
export function countryCode(text: string): string {
  if (/^[A-Za-z]{2}$/.test(text)) return text
  codeByName ??= new Map(codes.map(code => [(names.of(code) as string).toLowerCase(), code]))
  return codeByName.get(text.toLowerCase()) ?? text
}

/** Every country, by its English name. */
export const countries: readonly { code: string; name: string }[] = codes
  .map(code => ({ code, name: names.of(code) as string }))
  .sort((a, b) => (a.name < b.name ? -1 : 1))
