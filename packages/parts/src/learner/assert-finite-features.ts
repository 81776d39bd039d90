// Finds not-a-number in features before a training swallows it.

import { SemmaeError } from '@semmae/core';
import type * as tf from '@tensorflow/tfjs-core';

/**
 * Reads the tensors of a batch on the host and throws one error that names the first value which is not finite. Meant for the
 * first batch, or for all batches when a loss has become NaN; it waits for the backend.
 */
export async function assertFiniteFeatures(batch: Readonly<Record<string, tf.Tensor | undefined>>): Promise<void> {
  for (const [name, tensor] of Object.entries(batch)) {
    if (tensor === undefined) continue;
    const values = await tensor.data<'float32'>();
    const index = values.findIndex((value) => !Number.isFinite(value));
    if (index < 0) continue;
    const bad = values.reduce((count, value) => count + (Number.isFinite(value) ? 0 : 1), 0);
    throw new SemmaeError({
      where: 'assertFiniteFeatures',
      requirement: `${name} [${tensor.shape.join(', ')}] must be finite`,
      got: `${values[index]} at [${coordinates(index, tensor.shape).join(', ')}] and ${bad - 1} more`,
      remedy: "look at that image and at the encoder's weights, and run attention in float32",
    });
  }
}

function coordinates(index: number, shape: readonly number[]): number[] {
  let rest = index;
  return shape
    .map((_, axis) => shape.slice(axis + 1).reduce((product, length) => product * length, 1))
    .map((stride) => {
      const position = Math.floor(rest / stride);
      rest %= stride;
      return position;
    });
}
