// The normal distribution function from erf, in one pass.

import { type GraphView, nodeInPlaceOf } from './rewrite';
import type { GraphNode, Value } from './value';

/** ½ erf(x) + ½ becomes HardSigmoid(erf(x)) = max(0, min(1, ½ erf(x) + ½)), whose bounds erf never passes. */
export function fuseShiftedErf(graph: GraphView): Map<Value, GraphNode> {
  const producers = new Map<Value, GraphNode>();
  const isHalf = (value: Value | undefined) =>
    value?.shape.length === 0 && value.storage?.data?.[value.offset] === 0.5 && graph.isLiteral(value.storage);
  for (const shift of graph.nodes) {
    if (shift.operator !== 'Add' || !isHalf(shift.inputs[1])) continue;
    const half = graph.producerOf(shift.inputs[0]);
    if (half?.operator !== 'Mul' || !isHalf(half.inputs[1])) continue;
    const erf = half.inputs[0]!;
    if (graph.producerOf(erf)?.operator !== 'Erf') continue;
    const attributes = { alpha: { float: 0.5 }, beta: { float: 0.5 } };
    const fused = nodeInPlaceOf(shift, { operator: 'HardSigmoid', attributes, inputs: [erf], outputs: shift.outputs });
    producers.set(shift.outputs[0]!, fused);
  }
  return producers;
}
