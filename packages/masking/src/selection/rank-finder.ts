// The value that a descending sort would put at a rank, by quickselect.

/** Finds values by rank, in room of its own: one call at a time. */
export class RankFinder {
  // The values in question and those of the next round.
  #first = new Int32Array(0);
  #second = new Int32Array(0);

  /**
   * The value at `rank` (0 … N - 1) of the first N = `valueCount` of `values` in descending order. O(N) on average.
   *
   * Each round writes every value to both ends of the next one and moves an end on only where the value belongs there;
   * values equal to the pivot are left out. No branch depends on a comparison: the processor would guess wrong half the time.
   */
  valueAt(values: Int32Array, rank: number, valueCount: number): number {
    let size = valueCount;
    if (this.#first.length <= size) {
      this.#first = new Int32Array(size + 1);
      this.#second = new Int32Array(size + 1);
    }
    let candidates = this.#first;
    let next = this.#second;
    for (let i = 0; i < size; i++) candidates[i] = values[i]!;

    let start = 0;
    let wanted = rank;
    for (;;) {
      const pivot = median(candidates[start]!, candidates[start + (size >> 1)]!, candidates[start + size - 1]!);
      let higher = 0; // written from 0 upwards
      let lower = size; // written from `size` downwards
      for (let i = start; i < start + size; i++) {
        const value = candidates[i]!;
        next[higher] = value;
        next[lower] = value;
        higher += +(value > pivot);
        lower -= +(value < pivot);
      }
      if (wanted >= higher && wanted < lower) return pivot;
      const used = candidates;
      candidates = next;
      next = used;
      if (wanted < higher) {
        start = 0;
        size = higher;
      } else {
        start = lower + 1;
        wanted -= lower;
        size -= lower;
      }
    }
  }
}

function median(a: number, b: number, c: number): number {
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
}
