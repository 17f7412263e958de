/** Long work in several transactions at once. */

/** One works while the other waits for the disk, and both cores of a small machine are used. */
const LANES = 2

/** Does `act` for each, some at a time, and returns the results in order. After a failure nothing new begins. */
export async function inLanes<T, R>(items: T[], act: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = []
  const left = [...items.entries()]
  const lane = async () => {
    for (let next = left.shift(); next; next = left.shift()) {
      results[next[0]] = await act(next[1]).catch(error => {
        left.length = 0
        throw error
      })
    }
  }
  const ended = await Promise.allSettled(Array.from({ length: LANES }, lane))
  const failed = ended.find(each => each.status === 'rejected')
  if (failed) throw failed.reason
  return results
}
