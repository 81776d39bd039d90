// Orders patches by a score: the step between "how much does each patch matter" and "which ones are masked".

/**
 * [N] patch indices from the highest to the lowest score; equal scores keep the lower index first. Infinities rank like
 * other numbers; NaN has no place in the order and must not occur.
 *
 * Each score becomes one double, its rank bits above its index, so that the engine's own numeric sort does the work:
 * several times faster than a comparison function. 32 + 21 bits are exact, enough for two million patches.
 */
export function rankByScore(scores: Float32Array): Int32Array {
  const patchCount = scores.length;
  const positiveZero = scores.slice();
  for (let patch = 0; patch < patchCount; patch++) positiveZero[patch]! += 0; // -0 + 0 is 0: their bits must tie too
  const bits = new Uint32Array(positiveZero.buffer);
  const keys = new Float64Array(patchCount);
  for (let patch = 0; patch < patchCount; patch++) keys[patch] = descendingBits(bits[patch]!) * patchCount + patch;
  keys.sort();
  const ranked = new Int32Array(patchCount);
  for (let rank = 0; rank < patchCount; rank++) ranked[rank] = keys[rank]! % patchCount;
  return ranked;
}

/** Bits of a float32 as an unsigned integer that falls as the float rises. */
function descendingBits(bits: number): number {
  const isNegative = bits >>> 31 === 1;
  return isNegative ? bits : ~bits & 0x7fffffff;
}
