import { Button } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { tableOf } from '../../core/custom-payout.ts'
import { type TermsChange, termsChanges } from '../../core/terms-changes.ts'
import { actorText } from '../shared/actor.ts'
import { DateText } from '../shared/date-text.tsx'
import { Failed, Waiting } from '../shared/states.tsx'
import { useSession } from '../shell/session.tsx'
import { type Version, versionsQuery } from './queries.ts'
import css from './versions.module.css'
import { rateWords } from './words.ts'

/** Every wording of the terms, newest first, with what it changed. What was recorded keeps the wording of its time. */
export function Versions({ campaign_id }: { campaign_id: string }) {
  const { brand } = useSession()
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(
    versionsQuery(brand.id, campaign_id),
  )
  if (!data) return error ? <Failed error={error} onRetry={() => void refetch()} /> : <Waiting />
  const versions = data.pages.flatMap(page => page.data)
  return (
    <>
      <p className={css.lead}>A conversion is priced by the version of its moment, and keeps it.</p>
      <ol className={css.versions} aria-label="Versions">
        {versions.map((version, index) => (
          <li key={version.version}>
            <header>
              <h2>Version {version.version}</h2>
              <span>
                <DateText at={version.created_at} /> by {actorText(version.created_by)}
              </span>
            </header>
            <p>{version.summary}</p>
            <Changes before={versions[index + 1]} after={version} />
          </li>
        ))}
      </ol>
      {hasNextPage && (
        <Button variant="subtle" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          Load older versions
        </Button>
      )}
    </>
  )
}

const wordingOf = (version: Version) => ({ rate: rateWords(version), currency: version.currency, tables: version.tables })
const SHOWN = 50

function Changes({ before, after }: { before: Version | undefined; after: Version }) {
  if (!before) return null
  const changes = termsChanges(wordingOf(before), wordingOf(after))
  if (changes.length === 0) return <p className={css.quiet}>The same terms, worded again.</p>
  return (
    <ul className={css.changes}>
      {changes.slice(0, SHOWN).map((change, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the same line may come twice, and the list never changes its order
        <li key={index} data-kind={change.kind}>
          <ChangeText change={change} />
        </li>
      ))}
      {changes.length > SHOWN && <li>and {(changes.length - SHOWN).toLocaleString('en')} more</li>}
    </ul>
  )
}

function ChangeText({ change }: { change: TermsChange }) {
  if (change.kind === 'changed') {
    return (
      <>
        {change.what}: <del>{change.before}</del> <ins>{change.after}</ins>
      </>
    )
  }
  const { title } = tableOf[change.tab]
  if (change.kind === 'moved') return <>{title}: the same lines in another order</>
  return (
    <>
      {title}{' '}
      {change.kind === 'added' ? (
        <ins>
          <span className={css.hidden}>added </span>
          <code>{change.line}</code>
        </ins>
      ) : (
        <del>
          <span className={css.hidden}>removed </span>
          <code>{change.line}</code>
        </del>
      )}
    </>
  )
}
