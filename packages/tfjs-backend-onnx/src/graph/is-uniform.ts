// Tensors of one value, which tfjs's gradients are full of.

import type { ElementArray } from './element-type';

/** Worth a broadcast instead of a constant of its size. */
const smallestUniform = 64;

export function isUniform(data: ElementArray): boolean {
  return data.length >= smallestUniform && (data as Float32Array).every((element) => element === data[0]);
}
