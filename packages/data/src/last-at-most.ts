// Which of several stretches a number lies in, by where they begin.

/** The last place whose start is at most `value`. Starts ascend, and the first is 0. */
export function lastAtMost(starts: ArrayLike<number>, value: number): number {
  let [low, high] = [0, starts.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if (starts[middle]! <= value) low = middle;
    else high = middle - 1;
  }
  return low;
}
