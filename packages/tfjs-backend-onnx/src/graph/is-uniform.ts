// Tensors of one value, which tfjs's gradients are full of.

import type { ElementArray } from './element-type';

/** Worth a broadcast instead of a constant of its size: `smallest` elements or more, all equal. */
export function isUniform(data: ElementArray, smallest: number): boolean {
  return data.length >= smallest && (data as Float32Array).every((element) => element === data[0]);
}
