import { Button, Textarea } from '@mantine/core'
import { IconUpload } from '@tabler/icons-react'
import { Link, useNavigate } from '@tanstack/react-router'
import { type DragEvent, useId, useState } from 'react'
import { Page } from '../shared/page.tsx'
import { useSession } from '../shell/session.tsx'
import css from './imports.module.css'
import { useUpload } from './queries.ts'

const MEGABYTE = 1024 * 1024

/** The first step: a file is dropped, chosen or pasted, and goes to the server as it is. */
export function NewImport() {
  const { brand } = useSession()
  const navigate = useNavigate({ from: '/imports' })
  const upload = useUpload(brand.id)
  const send = (file: Blob, file_name: string) =>
    upload.mutate(
      { file, file_name: file_name.slice(0, 200) },
      { onSuccess: ({ data }) => void navigate({ search: before => ({ ...before, open: data.id }), replace: true }) },
    )
  return (
    <Page title="Import a file" lead={<Back />} narrow>
      <DropZone is_pending={upload.isPending} onFile={file => send(file, file.name)} />
      <Paste is_pending={upload.isPending} onText={text => send(new Blob([text]), 'pasted.csv')} />
    </Page>
  )
}

export const Back = () => (
  <Link to="/imports" search={({ brand }: { brand?: string }) => ({ brand }) as never} className={css.back}>
    ← All imports
  </Link>
)

function DropZone({ is_pending, onFile }: { is_pending: boolean; onFile: (file: File) => void }) {
  const id = useId()
  const [is_over, setOver] = useState(false)
  const drop = (event: DragEvent) => {
    event.preventDefault()
    setOver(false)
    const [file] = event.dataTransfer.files
    if (file) onFile(file)
  }
  return (
    <label
      htmlFor={id}
      className={css.drop}
      data-over={is_over || undefined}
      onDragOver={event => {
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <IconUpload size={22} aria-hidden="true" />
      <strong>{is_pending ? 'Uploading…' : 'Drop a CSV file here, or choose one'}</strong>
      <span>Up to {50} MB. Commas, semicolons or tabs; any encoding. Nothing is recorded yet.</span>
      <input
        id={id}
        type="file"
        accept=".csv,.tsv,.txt,text/csv"
        className={css.file}
        disabled={is_pending}
        data-key="c"
        onChange={event => {
          const [file] = event.currentTarget.files ?? []
          if (file) onFile(file)
          event.currentTarget.value = ''
        }}
      />
    </label>
  )
}

function Paste({ is_pending, onText }: { is_pending: boolean; onText: (text: string) => void }) {
  const [text, setText] = useState('')
  const is_empty = text.trim() === ''
  return (
    <form
      className={css.paste}
      onSubmit={event => {
        event.preventDefault()
        if (!is_empty) onText(text)
      }}
    >
      <Textarea
        label="Or paste rows"
        description="With a line of headers first; straight from a spreadsheet is fine"
        placeholder={'order_id,partner,revenue,date\no-1001,ada,49.90,2026-03-01'}
        autosize
        minRows={5}
        maxRows={14}
        maxLength={5 * MEGABYTE}
        classNames={{ input: css.code as string }}
        spellCheck={false}
        value={text}
        onChange={event => setText(event.currentTarget.value)}
      />
      <Button
        type="submit"
        variant="default"
        loading={is_pending}
        aria-disabled={is_empty || undefined}
        data-disabled={is_empty || undefined}
      >
        Use these rows
      </Button>
    </form>
  )
}
