/** Which images an icon may be, and whether bytes are what they are said to be. Source: spec B5. */
export const imageTypes = ['image/png', 'image/jpeg', 'image/webp', 'image/svg+xml'] as const
export type ImageType = (typeof imageTypes)[number]

export const isImageType = (text: string): text is ImageType => (imageTypes as readonly string[]).includes(text)

/** Whether bytes begin as an image of this type does. A file is judged by what it is, never by what it is called. */
export const isImage = (bytes: Uint8Array, type: ImageType): boolean => beginsAs[type](bytes)

const beginsAs: Record<ImageType, (bytes: Uint8Array) => boolean> = {
  'image/png': bytes => has(bytes, 0, '\x89PNG\r\n\x1a\n'),
  'image/jpeg': bytes => has(bytes, 0, '\xff\xd8\xff'),
  'image/webp': bytes => has(bytes, 0, 'RIFF') && has(bytes, 8, 'WEBP'),
  'image/svg+xml': bytes => isSvg(new TextDecoder().decode(bytes)),
}

const has = (bytes: Uint8Array, at: number, text: string): boolean =>
  [...text].every((character, n) => bytes[at + n] === character.charCodeAt(0))

/** What may stand before the root of an XML document, each with what ends it. */
const prologue: [starts: RegExp, end: string][] = [
  [/^<\?/, '?>'],
  [/^<!--/, '-->'],
  [/^<!DOCTYPE[^[>]*\[/, ']>'],
  [/^<!DOCTYPE/, '>'],
]

/** Whether the root of a document is `<svg`. What it holds is not judged: icons are served so that nothing in them runs. */
function isSvg(text: string): boolean {
  let rest = text.trimStart()
  for (;;) {
    if (/^<svg[\s/>]/.test(rest)) return true
    const end = prologue.find(([starts]) => starts.test(rest))?.[1]
    const at = end === undefined ? -1 : rest.indexOf(end)
    if (end === undefined || at < 0) return false
    rest = rest.slice(at + end.length).trimStart()
  }
}
