/** How every command runs: its operation, with a bar on the terminal, and its result shown. */
import type { Command } from 'commander'
import type { Input, OperationName } from '../server/operations.ts'
import { perform } from './perform.ts'
import { progressBar, show } from './show.ts'

export type Options = Record<string, string | boolean | undefined> & { json?: boolean }

export const withJson = (command: Command): Command => command.option('--json', 'print the result as one line of JSON')

export async function run<N extends OperationName>(name: N, input: Input<N>, options: Options): Promise<void> {
  await resultOf(name, input, options)
}

/** As `run`, for a command that looks at the result too. */
export async function resultOf<N extends OperationName>(name: N, input: Input<N>, { json = false }: Options): Promise<unknown> {
  const bar = progressBar()
  try {
    const result = await perform(name, input, bar.update)
    bar.end()
    show(result, json)
    return result
  } catch (error) {
    bar.end()
    throw error
  }
}
