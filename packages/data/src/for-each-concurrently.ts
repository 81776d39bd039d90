// Runs a task for each number below a count with a bounded number under way.

/** Starts `task(0)`, `task(1)`, … in order, at most `limit` at a time; the first failure stops the rest and is thrown. */
export async function forEachConcurrently(
  count: number,
  limit: number,
  task: (index: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  async function work(): Promise<void> {
    while (next < count) {
      try {
        await task(next++);
      } catch (error) {
        next = count;
        throw error;
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(limit, count) }, work));
}
