import { Button, FileButton } from '@mantine/core'
import { useEffect, useState } from 'react'
import { imageTypes, isImage, isImageType } from '../../core/image.ts'
import { MethodIcon } from './methods-page.tsx'
import css from './settings.module.css'

export type Picked = { media_type: string; bytes: Uint8Array<ArrayBuffer> }

const MOST = 1024 * 1024

type IconFieldProps = {
  url: string | null
  picked: Picked | null | 'kept'
  fault: string | undefined
  onPick: (picked: Picked | null) => void
}

/** Chooses an icon and shows it; what the server would refuse is refused here, before it travels. */
export function IconField({ url, picked, fault, onPick }: IconFieldProps) {
  const [refused, setRefused] = useState<string | null>(null)
  const preview = usePreview(picked === 'kept' ? null : picked)
  const shown = picked === 'kept' ? url : preview
  const choose = async (file: File | null) => {
    if (!file) return
    const bytes = new Uint8Array(await file.arrayBuffer())
    const reason = refusalOf(file.type, bytes)
    setRefused(reason)
    if (reason === null) onPick({ media_type: file.type, bytes })
  }
  return (
    <div>
      <span className={css.label}>Icon</span>
      <div className={css.picker}>
        <MethodIcon url={shown} />
        <FileButton accept={imageTypes.join(',')} onChange={file => void choose(file)} inputProps={{ 'aria-label': 'Icon file' }}>
          {props => (
            <Button variant="default" size="compact-sm" {...props}>
              {shown ? 'Choose another' : 'Choose a file'}
            </Button>
          )}
        </FileButton>
        {shown && (
          <Button variant="subtle" color="gray" size="compact-sm" onClick={() => onPick(null)}>
            No icon
          </Button>
        )}
        <span className={css.hint}>PNG, JPEG, WebP or SVG, at most 1 MB</span>
      </div>
      {(refused ?? fault) && (
        <p className={css.fault} role="alert">
          {refused ?? fault}
        </p>
      )}
    </div>
  )
}

/** Why the server would not keep a file; null when it would. A file is judged by its bytes, not by its name. */
function refusalOf(type: string, bytes: Uint8Array): string | null {
  if (bytes.length > MOST) {
    return `This file has ${(bytes.length / MOST).toLocaleString('en', { maximumFractionDigits: 1 })} MB; an icon has at most 1 MB.`
  }
  if (!isImageType(type)) return 'This is no PNG, JPEG, WebP or SVG; choose a file of one of these types.'
  if (!isImage(bytes, type)) return 'The file is not what its name says; save it again as PNG, JPEG, WebP or SVG.'
  return null
}

/** Shown as an image, so that nothing in an SVG runs; as a `data:` address, since the page's policy takes no other. */
function usePreview(picked: Picked | null): string | null {
  const [address, setAddress] = useState<string | null>(null)
  useEffect(() => {
    setAddress(null)
    if (!picked) return
    const reader = new FileReader()
    reader.onload = () => setAddress(String(reader.result))
    reader.readAsDataURL(new Blob([picked.bytes], { type: picked.media_type }))
    return () => {
      reader.onload = null
    }
  }, [picked])
  return address
}
