/**
 * Does something `count` times in growing batches: one, two, four, … A batch with a failure is the last one, so that
 * what is refused for all is not tried for each. Returns how many succeeded, and the first failure.
 */
export async function slowStart(
  count: number,
  act: (index: number) => Promise<unknown>,
): Promise<{ readonly done: number; readonly error: unknown }> {
  let done = 0
  for (let size = Math.min(count, 1); size > 0; size = Math.min(2 * size, count - done)) {
    const first = done
    const results = await Promise.allSettled(Array.from({ length: size }, (_, i) => act(first + i)))
    const failure = results.find((result) => result.status === 'rejected')
    done += results.filter((result) => result.status === 'fulfilled').length
    if (failure !== undefined) return { done, error: failure.reason }
  }
  return { done, error: undefined }
}
