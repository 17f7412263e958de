import { describe, expect, test } from 'vitest'
import { type ImageType, imageTypes, isImage } from '../../src/core/image.ts'

const bytes = (text: string) => Uint8Array.from(text, character => character.charCodeAt(0))
const utf8 = (text: string) => new TextEncoder().encode(text)

const beginnings: Record<ImageType, string> = {
  'image/png': '\x89PNG\r\n\x1a\nrest',
  'image/jpeg': '\xff\xd8\xff\xe0rest',
  'image/webp': 'RIFF\x24\0\0\0WEBPVP8 rest',
  'image/svg+xml': '<svg xmlns="http://www.w3.org/2000/svg"/>',
}

test('an image is of its own type and of no other', () => {
  for (const [is, text] of Object.entries(beginnings))
    for (const type of imageTypes) expect(isImage(bytes(text), type), `${is} as ${type}`).toBe(is === type)
})

test('nothing, or less than a beginning, is no image', () => {
  for (const [type, text] of Object.entries(beginnings)) {
    for (const length of [0, 1, 2]) expect(isImage(bytes(text.slice(0, length)), type as ImageType)).toBe(false)
  }
})

describe('an SVG', () => {
  const is = (text: string) => isImage(utf8(text), 'image/svg+xml')

  test.each([
    ['alone', '<svg>'],
    ['closed at once', '<svg/>'],
    ['after a byte order mark', '\ufeff<svg>'],
    ['after white space', '\n\t <svg viewBox="0 0 1 1">'],
    ['after a declaration', '<?xml version="1.0"?><svg>'],
    ['after a comment that names other roots', '<!-- <html> --><svg>'],
    [
      'after a document type',
      '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd"><svg>',
    ],
    ['after a document type with entities', '<!DOCTYPE svg [<!ENTITY ns "http://ns.example/">]><svg>'],
    ['after all of them', '<?xml version="1.0"?>\n<!-- a -->\n<!DOCTYPE svg>\n<!-- b -->\n<?x y?>\n<svg>'],
  ])('is one by its root: %s', (_, text) => expect(is(text)).toBe(true))

  test.each([
    ['HTML', '<!DOCTYPE html><html><svg></svg></html>'],
    ['a root that only begins so', '<svgfont>'],
    ['text before it', 'x<svg>'],
    ['a root in a comment', '<!-- <svg> -->'],
    ['a comment that never ends', '<!-- <svg>'],
    ['another case', '<SVG>'],
    ['UTF-16', '<\0s\0v\0g\0>\0'],
  ])('is none: %s', (_, text) => expect(is(text)).toBe(false))

  test('with a long prologue is read in a moment', () => {
    expect(is(`${'<!---->'.repeat(140_000)}<svg>`)).toBe(true)
    expect(is('<!--'.repeat(250_000))).toBe(false)
  }, 2000)
})
