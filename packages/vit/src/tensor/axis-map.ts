// Linear maps of one axis: padding, blurs, windows and resampling, each a small matrix.

/** A position that an output reads, and its weight. */
export type Tap = readonly [input: number, weight: number];

/** [outputs, inputs], row-major. */
export interface AxisMap {
  matrix: Float32Array;
  inputs: number;
  outputs: number;
}

/**
 * The map of which output i is the weighted sum of what `taps(i)` reads. Positions beyond the line are mirrored, the edge not
 * repeated: -1 reads 1, `inputs` reads `inputs` - 2.
 */
export function axisMap(inputs: number, outputs: number, taps: (output: number) => readonly Tap[]): AxisMap {
  const matrix = new Float64Array(outputs * inputs);
  for (let output = 0; output < outputs; output++) {
    for (const [input, weight] of taps(output)) matrix[output * inputs + mirrored(input, inputs)]! += weight;
  }
  return { matrix: Float32Array.from(matrix), inputs, outputs };
}

function mirrored(position: number, length: number): number {
  if (length === 1) return 0;
  const period = 2 * (length - 1);
  const folded = ((position % period) + period) % period;
  return Math.min(folded, period - folded);
}
