import { useId, useMemo, useRef } from 'react'
import css from './line-editor.module.css'

export type WrongLine = { line: number; message: string }
type EditorProps = {
  label: string
  placeholder: string
  value: string
  errors: readonly WrongLine[]
  onChange: (text: string) => void
}

/** As many messages as anybody reads; mending one shows the next. */
const SHOWN = 100
const LEAST_LINES = 10

/** Text with line numbers; what is wrong with a line stands behind it, and below for who cannot see it there. */
export function LineEditor({ label, placeholder, value, errors, onChange }: EditorProps) {
  const id = useId()
  const box = useRef<HTMLTextAreaElement>(null)
  const lines = useMemo(() => value.split('\n'), [value])
  const shown = errors.slice(0, SHOWN)
  const widest = lines.reduce((most, line) => Math.max(most, line.length), 0)
  const columns = Math.max(widest + 4, ...shown.map(({ line, message }) => (lines[line - 1]?.length ?? 0) + message.length + 6))
  const height = Math.max(LEAST_LINES, lines.length + 1)
  const goTo = (line: number) => {
    const at = lines.slice(0, line - 1).reduce((sum, each) => sum + each.length + 1, 0)
    box.current?.focus()
    box.current?.setSelectionRange(at, at + (lines[line - 1]?.length ?? 0))
    box.current?.parentElement?.parentElement?.scrollTo({ top: Math.max(0, (line - 4) * 20) })
  }
  return (
    <div className={css.editor} data-wrong={errors.length > 0 || undefined}>
      <div className={css.scroll}>
        <pre className={css.gutter} aria-hidden="true">
          {Array.from({ length: height }, (_, index) => index + 1).join('\n')}
        </pre>
        <div className={css.text} style={{ minWidth: `${columns}ch`, height: height * 20 }}>
          {shown.map(({ line, message }, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: one line may have two faults
            <span key={index} className={css.wrong} style={{ top: (line - 1) * 20 }} aria-hidden="true">
              <span className={css.marker} />
              <span className={css.message} style={{ left: `${(lines[line - 1]?.length ?? 0) + 3}ch` }}>
                {message}
              </span>
            </span>
          ))}
          <textarea
            ref={box}
            aria-label={label}
            aria-invalid={errors.length > 0 || undefined}
            aria-describedby={errors.length > 0 ? id : undefined}
            placeholder={placeholder}
            spellCheck={false}
            autoCapitalize="off"
            autoComplete="off"
            wrap="off"
            maxLength={500_000}
            value={value}
            onChange={event => onChange(event.currentTarget.value.replaceAll('\r', ''))}
          />
        </div>
      </div>
      <div id={id} className={css.faults} aria-live="polite">
        {errors.length > 0 && (
          <ul>
            {shown.map(({ line, message }, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: one line may have two faults
              <li key={index}>
                <button type="button" onClick={() => goTo(line)}>
                  Line {line}
                </button>
                <span>: {message}</span>
              </li>
            ))}
            {errors.length > SHOWN && <li>and {(errors.length - SHOWN).toLocaleString('en')} more</li>}
          </ul>
        )}
      </div>
    </div>
  )
}
