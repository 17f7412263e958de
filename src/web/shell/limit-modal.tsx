import { Button, Modal } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { type LimitKey, limitWords } from '../../core/plan.ts'
import { LIMIT_REACHED } from '../api.ts'
import shared from '../shared/shared.module.css'
import css from './limit-modal.module.css'
import { useSession } from './session.tsx'

type Reached = { limit_key: LimitKey; current: number; max: number }

/** Any write that the plan has no room for opens this: which limit, how much is used, and the two ways on. */
export function LimitModal() {
  const [reached, setReached] = useState<Reached | null>(null)
  useEffect(() => {
    const open = (event: Event) => setReached((event as CustomEvent<Reached>).detail)
    window.addEventListener(LIMIT_REACHED, open)
    return () => window.removeEventListener(LIMIT_REACHED, open)
  }, [])
  return reached && <Opened reached={reached} onClose={() => setReached(null)} />
}

function Opened({ reached: { limit_key, current, max }, onClose }: { reached: Reached; onClose: () => void }) {
  const { me } = useSession()
  const words = limitWords[limit_key]
  const may_change = me.role === 'admin'
  return (
    <Modal opened onClose={onClose} title="The plan has no room for this" size="sm">
      <div className={shared.form}>
        <p className={css.figures}>
          <strong>
            {current.toLocaleString('en')} of {max.toLocaleString('en')}
          </strong>
          <span>{words.counts}</span>
        </p>
        <p className={css.said}>
          Nothing was changed. {words.room}, or{' '}
          {may_change ? 'choose a larger plan' : `ask an admin of ${me.organization.name} for a larger plan`}.
        </p>
        <p className={css.key}>
          Limit <code>{limit_key}</code> of the plan {me.organization.plan}: current {current}, max {max}.
        </p>
        <div className={shared.buttons}>
          {may_change && (
            <Button
              component={Link}
              to="/settings/organization"
              search={((before: { brand?: string }) => ({ brand: before.brand })) as never}
              onClick={onClose}
            >
              See plan and usage
            </Button>
          )}
          <Button variant="default" onClick={onClose}>
            Back
          </Button>
        </div>
      </div>
    </Modal>
  )
}
