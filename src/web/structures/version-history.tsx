import type { Version } from '../../core/structure.ts'
import { changesBetween, countsFrom, wasOvertaken } from '../../core/structure-changes.ts'
import { actorText } from '../shared/actor.ts'
import { DateText, Period } from '../shared/date-text.tsx'
import { useSession } from '../shell/session.tsx'
import type { StructureVersion } from './queries.ts'
import css from './structures.module.css'

/** Every wording, newest first: what it changed, by whom, when, and from which period on it counts. */
export const VersionHistory = ({ versions }: { versions: readonly StructureVersion[] }) => (
  <ol className={css.versions}>
    {versions.map((version, n) => (
      <li key={version.id}>
        <div>
          <span className={css.versionName}>Version {version.version_number}</span>
          <span className={css.quiet}>
            <DateText at={version.created_at} /> by {actorText(version.created_by)}
          </span>
        </div>
        <div>
          <Changes version={version} before={versions[n + 1]} />
          <CountsFrom version={version} next={versions[n - 1]} />
        </div>
      </li>
    ))}
  </ol>
)

function Changes({ version, before }: { version: StructureVersion; before: StructureVersion | undefined }) {
  if (!before) return <p className={css.made}>{version.description}.</p>
  const changes = changesBetween(before as Version, version as Version)
  if (changes.length === 0) return <p className={css.made}>The same terms again: {version.description}.</p>
  return (
    <dl className={css.changes}>
      {changes.map(({ what, from, to }) => (
        <div key={what}>
          <dt>{what}</dt>
          <dd>
            {from === null ? (
              <ins>{to}</ins>
            ) : to === null ? (
              <del>{from}</del>
            ) : (
              <>
                {from} → <ins>{to}</ins>
              </>
            )}
          </dd>
        </div>
      ))}
    </dl>
  )
}

function CountsFrom({ version, next }: { version: StructureVersion; next: StructureVersion | undefined }) {
  const { time_zone } = useSession()
  const first = countsFrom(version as Version, time_zone)
  if (!first) {
    return (
      <span className={css.quiet}>
        Counts for milestones crossed from <DateText at={version.created_at} /> on
      </span>
    )
  }
  if (wasOvertaken(version as Version, next as Version | undefined, time_zone)) {
    return <span className={css.quiet}>Replaced before its first period ended: it computed nothing</span>
  }
  return (
    <span className={css.quiet}>
      Counts from the period <Period start={first.first_on} end={first.last_on} /> on
    </span>
  )
}
