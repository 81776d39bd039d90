// Says which axis of a batch of tokens does not fit the masks.

import { SemmaeError } from '@semmae/core';
import type * as tf from '@tensorflow/tfjs-core';

/** Passes tensors of shape [B, N, …], given the first two. */
export function assertTokens(
  where: string,
  name: string,
  { shape }: tf.Tensor,
  [batchSize, count]: readonly [number, number],
): void {
  if (shape[0] === batchSize && shape[1] === count) return;
  throw new SemmaeError({
    where,
    requirement: `${name} must be [${batchSize}, ${count}, …]`,
    got: `[${shape.join(', ')}]`,
    remedy: 'one row per patch of the grid and batch-first: drop the class token, transpose channels-first tokens',
  });
}
