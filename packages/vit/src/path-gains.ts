// Drop path: whole residual branches are left out, image by image.

import { assertInteger, type Rng, SemmaeError } from '@semmae/core';

export interface PathGainsOptions {
  /** Blocks of the encoder. */
  depth: number;
  batchSize: number;
  /** Rate of the last block, in [0, 1); it rises linearly from 0 in the first. DINO and iBOT: 0.1. */
  dropPath: number;
  rng: Rng;
}

/**
 * Factors for `encode(…, { pathGains })`, row-major [2·depth, B]: rows 2i and 2i + 1 are the attention and the MLP of block i.
 *
 * A branch is 0 with its block's rate p and 1 / (1 − p) otherwise, each branch and image on its own, so the mean is 1.
 *
 * Reference: Huang et al., "Deep Networks with Stochastic Depth", §3 (linear decay), https://arxiv.org/abs/1603.09382
 */
export function drawPathGains({ depth, batchSize, dropPath, rng }: PathGainsOptions): Float32Array {
  assertInteger('drawPathGains', 'depth', depth);
  assertInteger('drawPathGains', 'batchSize', batchSize);
  if (!(dropPath >= 0 && dropPath < 1)) {
    throw new SemmaeError({
      where: 'drawPathGains',
      requirement: 'dropPath must be at least 0 and less than 1',
      got: dropPath,
      remedy: 'a typical value is 0.1',
    });
  }
  return Float32Array.from({ length: 2 * depth * batchSize }, (_, index) => {
    const block = Math.floor(index / (2 * batchSize));
    const rate = depth === 1 ? 0 : (dropPath * block) / (depth - 1);
    return rng.uniform() < rate ? 0 : 1 / (1 - rate);
  });
}
