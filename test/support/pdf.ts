/** A PDF as a reader sees it: the text of its pages, and whether it could do anything but be read. */
import { getDocument } from 'pdfjs-dist/legacy/build/pdf.mjs'

type Item = { str: string; hasEOL: boolean }

export async function pdfText(bytes: Uint8Array): Promise<{ pages: number; text: string; title: string; scripts: unknown }> {
  const task = getDocument({ data: new Uint8Array(bytes), isEvalSupported: false, verbosity: 0 })
  const document = await task.promise
  const parts: string[] = []
  for (let n = 1; n <= document.numPages; n++) {
    const { items } = await (await document.getPage(n)).getTextContent()
    parts.push((items as Item[]).map(({ str, hasEOL }) => (hasEOL ? `${str}\n` : str)).join(''))
  }
  const { info } = (await document.getMetadata()) as unknown as { info: { Title: string } }
  const scripts = await document.getJSActions()
  const found = { pages: document.numPages, text: parts.join('\n'), title: info.Title, scripts }
  await task.destroy()
  return found
}
