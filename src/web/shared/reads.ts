/** How pages remember what they read: everything of a program lives under one key and is renewed together. */
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useRef } from 'react'
import { newKey } from '../api.ts'
import { useSession } from '../shell/session.tsx'

/** The key of something of a program: `keyOf(brand.id, 'payouts', filter)`. */
export const keyOf = (program_id: string, ...rest: unknown[]) => ['brand', program_id, ...rest]

/** Options of an infinite query over a list with `meta.next_cursor`. */
export const byCursor = {
  initialPageParam: undefined as string | undefined,
  getNextPageParam: (last: { meta: { next_cursor: string | null } }) => last.meta.next_cursor ?? undefined,
}

/** Reads everything of the open program again. */
export function useRenew() {
  const { brand } = useSession()
  const queries = useQueryClient()
  return () => queries.invalidateQueries({ queryKey: keyOf(brand.id) })
}

/**
 * A change of the open program: `const save = useWrite((input: Input, key) => api.partners.create({ …, idempotency_key: key }))`.
 *
 * Whether it worked or not, what the pages show of the program is read again.
 */
export const useWrite = <Input, Result>(act: (input: Input, idempotency_key: string) => Promise<Result>) =>
  useKeyed(act, useRenew())

/**
 * A change under an idempotency key that serves until the change worked.
 *
 * So a second click, or a retry after a time-out, does one thing. A key that was used with another input is refused, so
 * another input gets another key.
 */
export function useKeyed<Input, Result>(
  act: (input: Input, idempotency_key: string) => Promise<Result>,
  onSettled: () => unknown,
) {
  const last = useRef<{ text: string; key: string } | null>(null)
  return useMutation({
    mutationFn: (input: Input) => {
      const text = JSON.stringify(input) ?? ''
      if (last.current?.text !== text) last.current = { text, key: newKey() }
      return act(input, last.current.key)
    },
    onSuccess: () => {
      last.current = null
    },
    onSettled,
  })
}
