// Running sums and products along an axis.

import { util } from '@tensorflow/tfjs-core';

import { emit } from '../graph/emit';
import { scalar } from '../graph/literals';
import { cast, multiply, pad, slice } from '../graph/operators';
import { sizeOf, type Value } from '../graph/value';
import { defineKernel, type KernelDefinition } from './define-kernel';

interface RunningAttributes {
  axis: number;
  exclusive: boolean;
  reverse: boolean;
}

export const runningKernels: KernelDefinition[] = [
  defineKernel<RunningAttributes>('Cumsum', ({ inputs, attrs }) => runningSum(inputs.x!, attrs)),
  defineKernel<RunningAttributes>('Cumprod', ({ inputs, attrs }) => runningProduct(inputs.x!, attrs)),
];

function runningSum(x: Value, { axis, exclusive, reverse }: RunningAttributes): Value {
  const [along] = util.parseAxisParam(axis, [...x.shape]);
  const summed = x.type === 'bool' ? cast(x, 'int32') : x;
  const attributes = { exclusive: exclusive ? 1 : 0, reverse: reverse ? 1 : 0 };
  return emit('CumSum', [summed, scalar('int64', along!)], summed, { attributes });
}

/**
 * Doubling: after step k every element is the product of the last 2^k, so n elements take log2(n) products. float32 goes through
 * float64, where a product that leaves the range of float32 for a while comes back; one by one it would not.
 */
function runningProduct(x: Value, { axis, exclusive, reverse }: RunningAttributes): Value {
  const [along] = util.parseAxisParam(axis, [...x.shape]);
  const type = x.type === 'float32' ? 'float32' : 'int32';
  if (sizeOf(x.shape) === 0) return cast(x, type);
  const shift = (value: Value, by: number) => shifted(value, along!, reverse ? -by : by);
  let product = cast(x, type === 'float32' ? 'float64' : 'int32');
  if (exclusive) product = shift(product, 1);
  for (let reach = 1; reach < x.shape[along!]!; reach *= 2) product = multiply(product, shift(product, reach));
  return cast(product, type);
}

/** `x` moved by `by` places towards the end of `axis` (the beginning where negative); ones come in. */
function shifted(x: Value, axis: number, by: number): Value {
  const distance = Math.min(Math.abs(by), x.shape[axis]!);
  const begin = x.shape.map((_, other) => (other === axis && by < 0 ? distance : 0));
  const kept = slice(x, { begin, size: x.shape.with(axis, x.shape[axis]! - distance) });
  const paddings = x.shape.map((_, other) => {
    if (other !== axis) return [0, 0];
    return by < 0 ? [0, distance] : [distance, 0];
  });
  return pad(kept, paddings, 1);
}
