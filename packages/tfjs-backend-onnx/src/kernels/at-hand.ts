// Values that are known while tracing: what the host wrote and what was read before.

import type { ElementArray } from '../graph/element-type';
import type { Value } from '../graph/value';

/**
 * The elements of `value`, or undefined where only running the graph will tell. Kernels use it to refuse bad indices at the op, as
 * tfjs does; the rest is refused at the read.
 */
export function valuesAtHand({ storage }: Value): ElementArray | undefined {
  return storage?.data;
}
