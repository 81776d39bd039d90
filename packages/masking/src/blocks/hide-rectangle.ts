// One rectangle of a patch mask, the step that every block sampler repeats.

/**
 * Hides the rectangle whose first patch is `top`, `left` if that adds at most `most` patches to `hidden` ([N] row by
 * row, `columns` wide, 1 = masked). Returns how many it added: 0 if none or too many, and then nothing has changed.
 */
export function hideRectangle(
  hidden: Uint8Array,
  columns: number,
  top: number,
  left: number,
  height: number,
  width: number,
  most: number,
): number {
  const first = top * columns + left;
  const end = first + height * columns;
  let added = height * width;
  for (let start = first; start < end; start += columns) {
    for (let patch = start; patch < start + width; patch++) added -= hidden[patch]!;
  }
  if (added === 0 || added > most) return 0;
  for (let start = first; start < end; start += columns) {
    for (let patch = start; patch < start + width; patch++) hidden[patch] = 1; // `fill` is slower on a few entries
  }
  return added;
}
