// Mean and deviation of the channels of patch tokens over a data set.

import { assertInteger, SemmaeError } from '@semmae/core';

/** Tokens are standardized as (f - mean) / deviation, channel by channel. */
export interface TokenScaling {
  /** [C] */
  mean: Float32Array;
  /** [C], positive; 1 for a channel that never changes. */
  deviation: Float32Array;
}

const where = 'tokenScaling';

/**
 * Statistics over all patches of all images. Pass the patch tokens [N * C] of each training image, and of its mirror image where
 * the training mirrors; an async iterable where they are computed on the way.
 */
export async function tokenScaling(
  features: Iterable<Float32Array> | AsyncIterable<Float32Array>,
  channels: number,
): Promise<TokenScaling> {
  assertInteger(where, 'channels', channels);
  const sums = new Float64Array(channels);
  const squares = new Float64Array(channels);
  let count = 0;
  for await (const tokens of features) {
    assertWhole(tokens.length, channels);
    for (let index = 0; index < tokens.length; index++) {
      const value = tokens[index]!;
      sums[index % channels]! += value;
      squares[index % channels]! += value * value;
    }
    count += tokens.length / channels;
  }
  if (count === 0) throw new SemmaeError({ where, requirement: 'there must be training images', got: 'none' });
  const mean = Float32Array.from(sums, (sum) => sum / count);
  const deviation = Float32Array.from(squares, (square, channel) => {
    const meanSquare = square / count;
    const variance = meanSquare - (sums[channel]! / count) ** 2;
    return variance > 1e-12 * meanSquare ? Math.sqrt(variance) : 1; // less is the rounding of a constant
  });
  return { mean, deviation };
}

function assertWhole(length: number, channels: number): void {
  if (length % channels === 0) return;
  const requirement = `features must be a multiple of ${channels} long, the channels of a token`;
  throw new SemmaeError({ where, requirement, got: length });
}
