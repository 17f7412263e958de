import { useHotkeys, useMediaQuery } from '@mantine/hooks'
import { moveRow, nextRow } from '../shared/rows.ts'

type KeysProps = { payout: string | undefined; openPayout: (id: string | undefined) => void; openList: () => void }

/**
 * j and k move, `?` lists the keys. With the rail open, j and k open the next payout instead.
 *
 * Returns whether the rail covers the tables, as on a phone: then nothing behind it takes the focus.
 */
export function usePayoutKeys({ payout, openPayout, openList }: KeysProps): boolean {
  const is_narrow = useMediaQuery('(max-width: 700px)', false, { getInitialValueInEffect: false })
  const move = (step: 1 | -1) => {
    if (!payout) return moveRow(step)
    const next = nextRow(`payout:${payout}`, step)
    if (next) openPayout(next.slice('payout:'.length))
  }
  useHotkeys([
    ['j', () => move(1)],
    ['k', () => move(-1)],
    ['shift+?', openList],
    ['?', openList],
  ])
  return is_narrow && payout !== undefined
}
