// The shape that two shapes broadcast to, as tensors.

import { backend_util } from '@tensorflow/tfjs-core';

import { literal, scalar } from '../graph/literals';
import { cast, equal, gather, or, pad, where, withScalar } from '../graph/operators';
import type { Value } from '../graph/value';
import { defineKernel, type KernelDefinition } from './define-kernel';

export const broadcastArgsKernels: KernelDefinition[] = [
  defineKernel('BroadcastArgs', ({ inputs, backend }) => {
    const [s0, s1] = [backend.elementsAtHand(inputs.s0!), backend.elementsAtHand(inputs.s1!)];
    // throws where the shapes do not fit
    if (s0 && s1) backend_util.assertAndGetBroadcastShape(Array.from(s0, Number), Array.from(s1, Number));
    return broadcastShape(cast(inputs.s0!, 'int32'), cast(inputs.s1!, 'int32'));
  }),
];

function broadcastShape(s0: Value, s1: Value): Value {
  const rank = Math.max(s0.shape[0]!, s1.shape[0]!);
  if (rank === 0) return s0;
  const [a, b] = [s0, s1].map((shape) => pad(shape, [[rank - shape.shape[0]!, 0]], 1)) as [Value, Value];
  const isOneA = withScalar('Equal', a, 1, 'bool');
  const fits = or(or(isOneA, withScalar('Equal', b, 1, 'bool')), equal(a, b));
  const axes = literal(
    'int32',
    [rank],
    Array.from({ length: rank }, (_, axis) => axis),
  );
  // where they do not fit, an axis that is not there: ONNX Runtime refuses it
  const place = where(fits, axes, scalar('int32', rank));
  return gather(where(isOneA, b, a), place, 0);
}
