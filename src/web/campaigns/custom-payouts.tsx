import { Button, Tooltip } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useDeferredValue, useId, useMemo, useState } from 'react'
import { tables as allTables, lineModel, type TableField, type TableKey, tableKeys, tableOf } from '../../core/custom-payout.ts'
import { type LineError, parseTables } from '../../core/custom-payout-lines.ts'
import { api } from '../api.ts'
import { counted } from '../shared/counted.ts'
import { useSession } from '../shell/session.tsx'
import css from './custom-payouts.module.css'
import type { Draft } from './draft.ts'
import { lineErrorsOf } from './edit-campaign.tsx'
import { LineEditor } from './line-editor.tsx'
import type { Campaign, Tables } from './queries.ts'
import { TestBox } from './test-box.tsx'

type Set<T> = (change: (before: T) => T) => void
type PayoutsProps = {
  campaign: Campaign
  draft: Draft
  typed: Tables
  setTyped: Set<Tables>
  staged: Tables
  setStaged: (tables: Tables) => void
  unstaged: readonly TableKey[]
  /** What the server said of single lines, as they were when it was asked. */
  lineErrors: readonly LineError[]
  setLineErrors: (errors: readonly LineError[]) => void
}

/** Eleven tables of lines: choose one, enter its lines, stage them. Source: spec C6.1. */
export function CustomPayouts(props: PayoutsProps) {
  const { campaign, draft, typed, setTyped, unstaged, lineErrors, setLineErrors } = props
  const [chosen, setChosen] = useState<TableKey>(() => tableKeys.find(key => typed[key]) ?? 'geo')
  const model = draft.cost_model === 'revshare' ? 'revshare' : 'cpa'
  const errors = useLineErrors(typed, model, draft.currency, lineErrors)
  const stage = useStage(props)
  const own = errors.filter(error => error.tab === chosen)
  const reason = reasonOf(errors, unstaged)
  const type = (text: string) => {
    setTyped(before => ({ ...before, [chosen]: text }))
    // what the server said belongs to the lines that it saw
    if (lineErrors.some(error => error.tab === chosen)) setLineErrors(lineErrors.filter(error => error.tab !== chosen))
  }
  return (
    <>
      <div className={css.payouts}>
        <Options {...{ chosen, setChosen, typed, errors, unstaged }} />
        <div className={css.table}>
          <TableHelp table={chosen} model={model} currency={draft.currency} />
          <LineEditor
            key={chosen}
            label={`Lines of ${tableOf[chosen].title}`}
            placeholder={tableOf[chosen].example}
            value={typed[chosen] ?? ''}
            errors={own}
            onChange={type}
          />
          <div className={css.stage}>
            <Tooltip label={reason} disabled={!reason}>
              <Button
                variant="default"
                loading={stage.isPending}
                aria-disabled={reason ? true : undefined}
                data-disabled={reason ? true : undefined}
                onClick={reason ? undefined : () => stage.mutate()}
              >
                Save payouts
              </Button>
            </Tooltip>
            <span>Checks every line and stages them; Save changes below makes them count.</span>
          </div>
        </div>
      </div>
      <TestBox campaign={campaign} currency={draft.currency} tables={typed} reason={testReasonOf(props, errors)} />
    </>
  )
}

function reasonOf(errors: readonly LineError[], unstaged: readonly TableKey[]): string {
  const [first] = errors
  if (first) return `${counted(errors.length, 'wrong line')}: mend ${tableOf[first.tab].title} line ${first.line} first.`
  return unstaged.length === 0 ? 'No line was changed since the last time.' : ''
}

/** The server prices by the terms that it has: others are saved first. */
const isOtherModel = ({ campaign, draft }: Pick<PayoutsProps, 'campaign' | 'draft'>): boolean =>
  draft.cost_model !== campaign.cost_model || draft.currency !== campaign.currency

function testReasonOf(props: PayoutsProps, errors: readonly LineError[]): string {
  if (errors.length > 0) return 'Mend the wrong lines first'
  return isOtherModel(props) ? 'Save the new cost model first' : ''
}

/** Any name may be a partner's here: the server knows them, and is asked when the lines are staged. */
const anybody = (name: string) => name.toLowerCase()

/** What is wrong, as one types: read by the same function that the server reads with. */
function useLineErrors(typed: Tables, model: 'cpa' | 'revshare', currency: string, said: readonly LineError[]): LineError[] {
  const texts = useDeferredValue(typed)
  const read = useMemo(() => parseTables(texts, model, anybody, currency).errors ?? [], [texts, model, currency])
  const known = new Set(read.map(error => `${error.tab} ${error.line}`))
  return [...read, ...said.filter(error => !known.has(`${error.tab} ${error.line}`))]
}

/** Checks the lines with the server, which knows the partners; nothing is stored. */
function useStage({ campaign, draft, typed, setStaged, setLineErrors }: PayoutsProps) {
  const { brand } = useSession()
  return useMutation({
    mutationFn: async () => {
      const params = { brand_id: brand.id, campaign_id: campaign.id }
      const tables = Object.fromEntries(tableKeys.map(key => [key, typed[key] ?? '']))
      if (!isOtherModel({ campaign, draft })) await api.campaigns.testCustomPayouts({ params, body: { tables } })
    },
    onSuccess: () => {
      setLineErrors([])
      setStaged(typed)
    },
    onError: error => setLineErrors(lineErrorsOf(error)),
  })
}

type OptionsProps = {
  chosen: TableKey
  setChosen: (key: TableKey) => void
  typed: Tables
  errors: readonly LineError[]
  unstaged: readonly TableKey[]
}

function Options({ chosen, setChosen, typed, errors, unstaged }: OptionsProps) {
  const id = useId()
  return (
    <fieldset className={css.options}>
      <legend className={css.hidden}>Custom payouts by</legend>
      {allTables.map(({ key, title }) => {
        const lines = linesIn(typed[key])
        const wrong = errors.some(error => error.tab === key)
        return (
          <label key={key} data-on={key === chosen || undefined}>
            <input
              type="radio"
              name={id}
              value={key}
              checked={key === chosen}
              aria-label={title}
              aria-describedby={`${id}-${key}`}
              onChange={() => setChosen(key)}
            />
            <span>{title}</span>
            <span id={`${id}-${key}`} className={css.count} data-wrong={wrong || undefined}>
              {lines > 0 && lines.toLocaleString('en')}
              <span className={css.hidden}>{lines === 0 ? 'no lines' : lines === 1 ? ' line' : ' lines'}</span>
              {unstaged.includes(key) && (
                <>
                  <span aria-hidden="true"> •</span>
                  <span className={css.hidden}>, not staged yet</span>
                </>
              )}
              {wrong && <span className={css.hidden}>, with errors</span>}
            </span>
          </label>
        )
      })}
    </fieldset>
  )
}

const linesIn = (text = ''): number => text.split('\n').filter(line => line.trim() !== '').length

const fieldWords: Record<TableField, string> = {
  type: 'type',
  publisher: 'alias or id',
  geo: 'country',
  os: 'OS',
  sub: 'sub name',
  sub_value: 'sub value',
  value: 'value',
}

/** What a line looks like, and what its value means under this cost model. */
function TableHelp({ table, model, currency }: { table: TableKey; model: 'cpa' | 'revshare'; currency: string }) {
  const { title, fields, sub_source, example } = tableOf[table]
  const is_fixed = lineModel(table, model) === 'fixed'
  const cost_model = model === 'cpa' ? 'CPA' : 'RevShare'
  return (
    <div className={css.help}>
      <h2>{title}</h2>
      <p>
        One entry a line: <code>{fields.map(field => fieldWords[field]).join(', ')}</code>, for example <code>{example}</code>
        {sub_source && `. The sub is one of ${sub_source === 'subs' ? 'the click' : 'the conversion'}`}.
      </p>
      <p>
        The value is {is_fixed ? `an amount of ${currency} a conversion` : 'a percentage of the revenue'}
        {table === 'hybrid' ? `: Hybrid turns ${cost_model} around for its types.` : `, as this campaign pays ${cost_model}.`}
      </p>
    </div>
  )
}
