import { Button, Checkbox, NativeSelect, Textarea, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useSession } from '../shell/session.tsx'
import css from './imports.module.css'
import { campaignsQuery, type Kind, type Preview, type Reading } from './queries.ts'
import { fieldsOf, optionOf, proposed, sourceOf, withOption, withSource } from './reading.ts'

type FormProps = { reading: Reading; preview: Preview; onChange: (reading: Reading) => void }

const CONSTANT = '\u0000constant'
const MORE = '\u0000more'

/** Which column is which field, and how numbers and dates are written; or all of it as the JSON that the command line takes. */
export function MappingForm({ reading, preview, onChange }: FormProps) {
  const [is_json, setJson] = useState(false)
  return (
    <div className={css.mapping}>
      <Kinds reading={reading} preview={preview} onChange={onChange} />
      {is_json ? (
        <AsJson reading={reading} onChange={onChange} />
      ) : (
        <>
          <Columns reading={reading} preview={preview} onChange={onChange} />
          <Options reading={reading} onChange={onChange} />
        </>
      )}
      <Button variant="subtle" size="compact-sm" className={css.toggle} onClick={() => setJson(!is_json)}>
        {is_json ? 'Back to the columns' : 'Everything as JSON: joined columns, values, reversals'}
      </Button>
    </div>
  )
}

function Kinds({ reading, preview, onChange }: FormProps) {
  const { brand } = useSession()
  const { data: campaigns } = useQuery(campaignsQuery(brand.id))
  const { delimiter, encoding } = reading.mapping as { delimiter?: string; encoding?: string }
  const change = (kind: Kind) => onChange(proposed(kind, preview, { delimiter, encoding }))
  return (
    <div className={css.options}>
      <NativeSelect
        label="The rows are"
        value={reading.kind}
        onChange={event => change(event.currentTarget.value as Kind)}
        data={[
          { value: 'conversions', label: 'Conversions' },
          { value: 'metrics', label: 'Metrics of videos or followers' },
        ]}
      />
      {reading.kind === 'conversions' && (
        <NativeSelect
          label="Campaign"
          value={reading.campaign_id ?? ''}
          onChange={event => onChange({ ...reading, campaign_id: event.currentTarget.value || undefined })}
          data={[
            { value: '', label: campaigns?.length === 0 ? 'No campaign yet' : 'Choose one' },
            ...(campaigns ?? []).map(({ id, name }) => ({ value: id, label: name })),
          ]}
        />
      )}
      <NativeSelect
        label={reading.kind === 'conversions' ? 'Partners that are not known' : 'Creators and videos that are not known'}
        value={optionOf(reading, 'create_partners') ? 'make' : 'reject'}
        onChange={event => onChange(withOption(reading, 'create_partners', event.currentTarget.value === 'make'))}
        data={[
          { value: 'reject', label: 'Reject their rows' },
          { value: 'make', label: 'Add them' },
        ]}
      />
    </div>
  )
}

function Columns({ reading, preview, onChange }: FormProps) {
  const [is_all, setAll] = useState(false)
  const fields = fieldsOf[reading.kind]
  const shown = fields.filter(([field], n) => is_all || n < 7 || sourceOf(reading, field).kind !== 'none')
  return (
    <>
      <table className={css.columns}>
        <thead>
          <tr>
            <th scope="col">Field</th>
            <th scope="col">Column of the file</th>
            <th scope="col" data-wide>
              In the first row
            </th>
          </tr>
        </thead>
        <tbody>
          {shown.map(([field, label, hint]) => (
            <tr key={field}>
              <th scope="row">
                {label}
                {hint && <span className={css.second}>{hint}</span>}
              </th>
              <td>
                <FieldSource field={field} label={label} reading={reading} preview={preview} onChange={onChange} />
              </td>
              <td data-wide className={css.sample}>
                {sampleOf(reading, field, preview)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {shown.length < fields.length && (
        <Button variant="subtle" size="compact-sm" className={css.toggle} onClick={() => setAll(true)}>
          {fields.length - shown.length} more fields
        </Button>
      )}
    </>
  )
}

function sampleOf(reading: Reading, field: string, { headers, rows }: Preview): string {
  const source = sourceOf(reading, field)
  if (source.kind === 'more') return source.says
  return source.kind === 'column' ? (rows[0]?.cells[headers.indexOf(source.header)] ?? '').slice(0, 80) : ''
}

function FieldSource({ field, label, reading, preview, onChange }: FormProps & { field: string; label: string }) {
  const source = sourceOf(reading, field)
  const put = (value: string) => {
    if (value === MORE) return
    if (value === CONSTANT) return onChange(withSource(reading, field, { kind: 'constant', text: '' }))
    onChange(withSource(reading, field, value === '' ? { kind: 'none' } : { kind: 'column', header: value }))
  }
  const value = { none: '', constant: CONSTANT, more: MORE, column: source.kind === 'column' ? source.header : '' }[source.kind]
  return (
    <div className={css.source}>
      <NativeSelect
        aria-label={label}
        value={value}
        onChange={event => put(event.currentTarget.value)}
        data={[
          { value: '', label: 'Not in the file' },
          ...[...new Set(preview.headers)].filter(header => header !== '').map(header => ({ value: header, label: header })),
          ...(source.kind === 'column' && !preview.headers.includes(source.header)
            ? [{ value: source.header, label: `${source.header} (missing)` }]
            : []),
          { value: CONSTANT, label: 'Always the same…' },
          ...(source.kind === 'more' ? [{ value: MORE, label: 'Several columns' }] : []),
        ]}
      />
      {source.kind === 'constant' && (
        <TextInput
          aria-label={`${label}, always`}
          value={source.text}
          onChange={event => onChange(withSource(reading, field, { kind: 'constant', text: event.currentTarget.value }))}
        />
      )}
    </div>
  )
}

const DATES = [
  ['', '2026-03-01T10:00:00Z (ISO 8601)'],
  ['yyyy-MM-dd HH:mm:ss', '2026-03-01 10:00:00'],
  ['yyyy-MM-dd HH:mm', '2026-03-01 10:00'],
  ['d/M/yyyy H:mm', '1/3/2026 10:00, day first'],
  ['d/M/yyyy', '1/3/2026, day first'],
  ['M/d/yyyy H:mm', '3/1/2026 10:00, month first'],
  ['M/d/yyyy', '3/1/2026, month first'],
  ['d.M.yyyy H:mm', '1.3.2026 10:00'],
  ['d.M.yyyy', '1.3.2026'],
] as const

function Options({ reading, onChange }: Omit<FormProps, 'preview'>) {
  const text = (name: string) => String(optionOf(reading, name) ?? '')
  const put = (name: string, value: unknown) => onChange(withOption(reading, name, value))
  const date = text('date_format')
  const dates = DATES.some(([pattern]) => pattern === date) ? DATES : [...DATES, [date, date] as const]
  return (
    <div className={css.options}>
      <NativeSelect
        label="Dates"
        value={date}
        onChange={event => put('date_format', event.currentTarget.value || null)}
        data={dates.map(([value, label]) => ({ value, label }))}
      />
      <NativeSelect
        label="Decimal mark"
        value={text('decimal') || '.'}
        onChange={event => put('decimal', event.currentTarget.value)}
        data={[
          { value: '.', label: '1234.50' },
          { value: ',', label: '1234,50' },
        ]}
      />
      <NativeSelect
        label="Cells are separated by"
        value={text('delimiter') || ','}
        onChange={event => put('delimiter', event.currentTarget.value)}
        data={[
          { value: ',', label: 'Comma' },
          { value: ';', label: 'Semicolon' },
          { value: '\t', label: 'Tab' },
          { value: '|', label: 'Bar' },
        ]}
      />
      <NativeSelect
        label="Encoding"
        value={text('encoding') || 'utf-8'}
        onChange={event => put('encoding', event.currentTarget.value)}
        data={['utf-8', 'windows-1252', 'utf-16le', 'utf-16be', 'shift_jis', 'gb18030']}
      />
      {reading.kind === 'metrics' && (
        <Checkbox
          mt={26}
          size="xs"
          label="Counted at the end of its day"
          checked={optionOf(reading, 'day_end') === true}
          onChange={event => put('day_end', event.currentTarget.checked)}
        />
      )}
    </div>
  )
}

function AsJson({ reading, onChange }: Omit<FormProps, 'preview'>) {
  const [text, setText] = useState(() => JSON.stringify(reading.mapping, null, 2))
  const [fault, setFault] = useState<string | null>(null)
  const put = (next: string) => {
    setText(next)
    try {
      const mapping = JSON.parse(next)
      if (typeof mapping !== 'object' || mapping === null || Array.isArray(mapping)) throw new Error('it must be an object')
      setFault(null)
      onChange({ ...reading, mapping })
    } catch (error) {
      setFault(`This is no JSON yet: ${(error as Error).message}`)
    }
  }
  return (
    <Textarea
      label="Mapping"
      description="The mapping file of quittance import, as it is"
      autosize
      minRows={12}
      maxRows={30}
      spellCheck={false}
      classNames={{ input: css.code as string }}
      error={fault}
      value={text}
      onChange={event => put(event.currentTarget.value)}
    />
  )
}
