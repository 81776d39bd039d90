// tfjs keeps channels last, ONNX keeps them behind the batch.

import { transpose } from '../graph/operators';
import type { Value } from '../graph/value';

/** [N, ...spatial, C] → [N, C, ...spatial] */
export function toChannelsFirst(x: Value): Value {
  const rank = x.shape.length;
  return transpose(x, [0, rank - 1, ...axes(1, rank - 1)]);
}

/** [N, C, ...spatial] → [N, ...spatial, C] */
export function toChannelsLast(x: Value): Value {
  return transpose(x, [0, ...axes(2, x.shape.length), 1]);
}

/** [...spatial, I, O] → [O, I, ...spatial] */
export function toFilterFirst(filter: Value): Value {
  const rank = filter.shape.length;
  return transpose(filter, [rank - 1, rank - 2, ...axes(0, rank - 2)]);
}

/** start, …, end - 1 */
export function axes(start: number, end: number): number[] {
  return Array.from({ length: end - start }, (_, offset) => start + offset);
}
