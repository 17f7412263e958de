import { Button, Tabs, Tooltip } from '@mantine/core'
import { useBlocker, useNavigate, useSearch } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { ApiFailure } from '../../client/client.ts'
import { tableKeys, tableOf } from '../../core/custom-payout.ts'
import type { LineError } from '../../core/custom-payout-lines.ts'
import { api, tell } from '../api.ts'
import { Confirm } from '../shared/confirm.tsx'
import { fieldErrors } from '../shared/field-errors.ts'
import { useWrite } from '../shared/reads.ts'
import { useSession } from '../shell/session.tsx'
import { CampaignFields } from './campaign-fields.tsx'
import css from './campaigns.module.css'
import { CustomPayouts } from './custom-payouts.tsx'
import { type Body, bodyOf, type Draft, draftOf, type Errors, pays } from './draft.ts'
import type { Campaign, Tables } from './queries.ts'

type EditProps = { campaign: Campaign; tables: Tables }

/** A fresh form once it was saved or discarded; what others save meanwhile takes nothing away that is typed here. */
export function EditCampaign(props: EditProps) {
  const [round, setRound] = useState(0)
  return <EditForm key={round} {...props} onDone={() => setRound(round + 1)} />
}

/**
 * Details and custom payouts of one campaign, saved together as one version.
 *
 * Two steps, as the seed has it: Save payouts checks the lines and stages them, Save changes persists everything. Leaving
 * without the second step discards, and asks first.
 */
function EditForm({ campaign: now, tables: tablesNow, onDone }: EditProps & { onDone: () => void }) {
  const [{ campaign, tables }] = useState({ campaign: now, tables: tablesNow })
  const { part = 'details' } = useSearch({ from: '/shell/campaigns/$campaign_id' })
  const navigate = useNavigate({ from: '/campaigns/$campaign_id' })
  const [initial] = useState(() => draftOf(campaign))
  const [draft, setDraft] = useState<Draft>(initial)
  const [errors, setErrors] = useState<Errors>({})
  const [typed, setTyped] = useState<Tables>(tables)
  const [staged, setStaged] = useState<Tables>(tables)
  const [lineErrors, setLineErrors] = useState<readonly LineError[]>([])
  const unstaged = tableKeys.filter(key => !isSame(typed[key], staged[key]))
  const waiting = tableKeys.filter(key => !isSame(staged[key], tables[key]))
  const has_edits = JSON.stringify(draft) !== JSON.stringify(initial)
  const is_dirty = has_edits || unstaged.length > 0 || waiting.length > 0
  const save = useSave(campaign, { setErrors, setLineErrors, onDone })
  const is_behind = now.version > campaign.version || tableKeys.some(key => !isSame(tablesNow[key], tables[key]))
  // a form in which nothing was typed begins anew with what is saved, whoever saved it
  useEffect(() => {
    if (is_behind && !is_dirty && !save.isPending) onDone()
  })
  const has_payouts = pays(draft.cost_model)
  const submit = () => {
    const read = bodyOf(draft)
    setErrors(read.errors)
    if (Object.keys(read.errors).length > 0) return void navigate({ search: before => ({ ...before, part: undefined }) })
    const changed = Object.fromEntries(waiting.map(key => [key, staged[key] ?? '']))
    const body = { ...changesOf(initial, read.body), ...(waiting.length > 0 && { tables: changed }) }
    return Object.keys(body).length === 0 ? onDone() : void save.submit(body)
  }
  return (
    <div className={css.edit}>
      <Tabs
        value={has_payouts ? part : 'details'}
        onChange={next => void navigate({ search: before => ({ ...before, part: next as typeof part }), replace: true })}
        variant="pills"
        keepMounted={false}
      >
        <Tabs.List className={css.parts}>
          <Tabs.Tab value="details" className={css.part}>
            Details
          </Tabs.Tab>
          <Tooltip label={DISABLED} disabled={has_payouts}>
            <Tabs.Tab
              value="custom-payouts"
              className={css.part}
              aria-disabled={!has_payouts || undefined}
              data-disabled={!has_payouts || undefined}
              onClick={event => !has_payouts && event.preventDefault()}
            >
              Custom payouts
            </Tabs.Tab>
          </Tooltip>
        </Tabs.List>
        {!has_payouts && <p className={css.note}>{DISABLED}</p>}
        <Tabs.Panel value="details">
          <CampaignFields
            draft={draft}
            errors={errors}
            has_secret={campaign.has_postback_secret}
            onChange={change => setDraft(before => ({ ...before, ...change }))}
          />
        </Tabs.Panel>
        <Tabs.Panel value="custom-payouts">
          <CustomPayouts
            campaign={campaign}
            draft={draft}
            {...{ typed, setTyped, staged, setStaged, unstaged, lineErrors, setLineErrors }}
          />
        </Tabs.Panel>
      </Tabs>
      <SaveBar
        {...{ has_edits, waiting, unstaged, is_dirty }}
        is_pending={save.isPending}
        is_old={now.version > campaign.version && !save.isPending}
        onSave={submit}
        onDiscard={onDone}
      />
      <Leaving is_dirty={is_dirty && !save.isPending} />
    </div>
  )
}

const DISABLED = 'Custom payouts need the cost model CPA or RevShare: the other models pay partners nothing.'
const isSame = (left = '', right = ''): boolean => left.trimEnd() === right.trimEnd()

/** The fields that were changed here: others may have changed the rest. */
function changesOf(initial: Draft, body: Body): Partial<Body> {
  const before: Partial<Record<string, unknown>> = bodyOf(initial).body
  return Object.fromEntries(
    Object.entries(body).filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(before[name])),
  )
}

type Told = { setErrors: (errors: Errors) => void; setLineErrors: (errors: LineError[]) => void; onDone: () => void }

function useSave(campaign: Campaign, { setErrors, setLineErrors, onDone }: Told) {
  const { brand } = useSession()
  const params = { brand_id: brand.id, campaign_id: campaign.id }
  const save = useWrite((body: Partial<Body> & { tables?: Tables }, idempotency_key) =>
    api.campaigns.change({ params, body, idempotency_key }),
  )
  return {
    isPending: save.isPending,
    // awaited until what was saved is read again: the next form begins with it
    submit: async (body: Partial<Body> & { tables?: Tables }) => {
      try {
        const { data } = await save.mutateAsync(body)
        tell(data.version > campaign.version ? `Saved as version ${data.version}.` : 'Saved; the terms stay as they were.')
        onDone()
      } catch (error) {
        setErrors(fieldErrors(error))
        setLineErrors(lineErrorsOf(error))
      }
    },
  }
}

/** The wrong lines that the server names. */
export function lineErrorsOf(error: unknown): LineError[] {
  const errors = error instanceof ApiFailure ? error.meta.errors : undefined
  return Array.isArray(errors) ? errors.filter((each): each is LineError => typeof each?.tab === 'string') : []
}

type SaveBarProps = {
  has_edits: boolean
  waiting: readonly (keyof typeof tableOf)[]
  unstaged: readonly (keyof typeof tableOf)[]
  is_dirty: boolean
  is_pending: boolean
  /** Somebody else saved another version since this form was opened. */
  is_old: boolean
  onSave: () => void
  onDiscard: () => void
}

/** What is not saved yet, and the one button that saves it. */
function SaveBar({ has_edits, waiting, unstaged, is_dirty, is_pending, is_old, onSave, onDiscard }: SaveBarProps) {
  const reason = reasonOf(unstaged, has_edits || waiting.length > 0)
  return (
    <div className={css.saveBar}>
      <p role="status">
        {waiting.length > 0 && (
          <>
            <strong>Staged, not saved yet:</strong> {titles(waiting)}
            {has_edits && ', and the details'}
          </>
        )}
        {waiting.length === 0 && has_edits && <strong>Details are changed, not saved yet.</strong>}
        {!has_edits && waiting.length === 0 && unstaged.length > 0 && `Typed, not staged yet: ${titles(unstaged)}`}
        {!is_dirty && !is_old && 'Everything is saved.'}
        {is_old && ' Somebody else saved a newer version meanwhile; Discard shows it.'}
      </p>
      {(is_dirty || is_old) && (
        <Button variant="default" onClick={onDiscard}>
          Discard
        </Button>
      )}
      <Tooltip label={reason} disabled={!reason}>
        <Button
          data-key="c"
          loading={is_pending}
          aria-disabled={reason ? true : undefined}
          data-disabled={reason ? true : undefined}
          onClick={reason ? undefined : onSave}
        >
          Save changes
        </Button>
      </Tooltip>
    </div>
  )
}

const titles = (keys: SaveBarProps['waiting']): string => keys.map(key => tableOf[key].title).join(', ')

function reasonOf(unstaged: SaveBarProps['unstaged'], has_changes: boolean): string {
  if (unstaged.length > 0) return `Press Save payouts first: ${titles(unstaged)} has lines that are not staged.`
  return has_changes ? '' : 'Nothing has changed.'
}

/** Asks before what is not saved is lost; switching between details and payouts loses nothing. */
function Leaving({ is_dirty }: { is_dirty: boolean }) {
  const blocker = useBlocker({
    shouldBlockFn: ({ current, next }) => is_dirty && !isSamePlace(current, next),
    enableBeforeUnload: is_dirty,
    withResolver: true,
  })
  if (blocker.status !== 'blocked') return null
  return (
    <Confirm
      title="Leave without saving?"
      action="Discard the changes"
      is_danger
      is_pending={false}
      onConfirm={blocker.proceed}
      onClose={blocker.reset}
    >
      <p>What was changed here, staged payouts too, is not saved yet. Save changes keeps it.</p>
    </Confirm>
  )
}

type Place = { pathname: string; search: object }
const isSamePlace = (current: Place, next: Place): boolean =>
  current.pathname === next.pathname && (next.search as { tab?: string }).tab === (current.search as { tab?: string }).tab
