import { ActionIcon, Menu } from '@mantine/core'
import { IconDots } from '@tabler/icons-react'
import { tell } from '../api.ts'
import { Confirm } from '../shared/confirm.tsx'
import { counted } from '../shared/counted.ts'
import { useSession } from '../shell/session.tsx'
import { type PartnerStatus, useStatus } from './queries.ts'
import { statusWords } from './status-pill.tsx'

type Whom = { id: string; name: string; status: PartnerStatus }
export type Move = { status: PartnerStatus; verb: string; done: string; is_danger?: boolean }

const moves: Record<'approve' | 'unpause' | 'pause' | 'decline', Move> = {
  approve: { status: 'approved', verb: 'Approve', done: 'approved' },
  unpause: { status: 'approved', verb: 'Unpause', done: 'approved again' },
  pause: { status: 'paused', verb: 'Pause', done: 'paused' },
  decline: { status: 'declined', verb: 'Decline', done: 'declined', is_danger: true },
}

/** What can become of a partner, what is done most often first. */
export const movesFrom: Record<PartnerStatus, readonly Move[]> = {
  pending: [moves.approve, moves.decline],
  approved: [moves.pause, moves.decline],
  paused: [moves.unpause, moves.decline],
  declined: [moves.approve],
}
export const allMoves = [moves.approve, moves.pause, moves.decline]

type ChangeProps = { whom: readonly Whom[]; move: Move; onDone?: () => void; onClose: () => void }

/** Says what the new status means before it is given, to one partner or to many. */
export function StatusChange({ whom, move, onDone, onClose }: ChangeProps) {
  const { brand } = useSession()
  const change = useStatus(brand.id)
  const name = whom.length === 1 ? (whom[0] as Whom).name : counted(whom.length, 'partner')
  const already = whom.filter(each => each.status === move.status).length
  const give = () =>
    change.mutate(
      { ids: whom.map(each => each.id), status: move.status },
      {
        onSuccess: ({ data }) => {
          tell(whom.length === 1 ? `${name} is ${move.done}.` : `${counted(data.changed, 'partner')} ${move.done}.`)
          onDone?.()
          onClose()
        },
      },
    )
  return (
    <Confirm
      title={`${move.verb} ${name}?`}
      action={`${move.verb} ${name}`}
      is_danger={move.is_danger ?? false}
      is_pending={change.isPending}
      onConfirm={give}
      onClose={onClose}
    >
      <p>{statusWords[move.status].says}</p>
      {already > 0 && whom.length > 1 && (
        <p>
          {already} of them {already === 1 ? 'is' : 'are'} {statusWords[move.status].label.toLowerCase()} already and{' '}
          {already === 1 ? 'stays' : 'stay'} so.
        </p>
      )}
    </Confirm>
  )
}

/** The moves of one row behind a button. */
export const RowMoves = ({ row, onMove }: { row: Whom; onMove: (move: Move) => void }) => (
  <Menu position="bottom-end" width={150}>
    <Menu.Target>
      <ActionIcon variant="subtle" color="gray" size="sm" aria-label={`Change ${row.name}`}>
        <IconDots size={16} aria-hidden="true" />
      </ActionIcon>
    </Menu.Target>
    <Menu.Dropdown>
      {movesFrom[row.status].map(move => (
        <Menu.Item key={move.verb} onClick={() => onMove(move)}>
          {move.verb}…
        </Menu.Item>
      ))}
    </Menu.Dropdown>
  </Menu>
)
