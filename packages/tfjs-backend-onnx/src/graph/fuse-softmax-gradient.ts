// The gradient of a softmax in fewer passes over its matrix, which in attention is the largest tensor of all.

import { int64s } from './literals';
import { type GraphView, insertedFor, nodeInPlaceOf } from './rewrite';
import type { GraphNode, Value } from './value';

/**
 * tfjs writes dy·y - Σ(dy·y)·y; that is y·(dy - Σ(dy·y)), a pass less when the sum comes from elsewhere. It does in
 * attention, where y weighs values v, o = y v and so dy = do vᵀ: there Σ(dy·y) = Σ(do·o), sums over the narrow rows of o.
 *
 * Reference: Dao et al., "FlashAttention", Appendix B.2, https://arxiv.org/abs/2205.14135
 */
export function fuseSoftmaxGradients(graph: GraphView): Map<Value, GraphNode> {
  const producers = new Map<Value, GraphNode>();
  for (const node of graph.nodes) {
    const gradient = node.operator === 'Sub' ? matchGradient(graph, node) : undefined;
    if (gradient === undefined) continue;
    const { y, dy, axis } = gradient;
    const attention = matchAttention(graph, gradient, node);
    if (attention === undefined) continue;
    const narrow = insertedFor(node, 'Mul', [attention.gradient, attention.output], attention.output);
    const sumExtent = { type: y.type, shape: y.shape.with(axis, 1) };
    const sum = insertedFor(node, 'ReduceSum', [narrow, int64s([axis])], sumExtent, { keepdims: 1 });
    const centered = insertedFor(node, 'Sub', [dy, sum], y);
    producers.set(
      node.outputs[0]!,
      nodeInPlaceOf(node, { operator: 'Mul', inputs: [y, centered], outputs: node.outputs }),
    );
  }
  return producers;
}

interface SoftmaxGradient {
  y: Value;
  dy: Value;
  /** The softmax's, counted from the front: the last. */
  axis: number;
}

/** dy·y - Σ(dy·y)·y over the last axis. */
function matchGradient(graph: GraphView, difference: GraphNode): SoftmaxGradient | undefined {
  const [weighted, product] = difference.inputs.map((input) => graph.producerOf(input));
  if (weighted?.operator !== 'Mul' || product?.operator !== 'Mul') return undefined;
  const y = weighted.inputs.find((input) => graph.producerOf(input)?.operator === 'Softmax');
  const dy = weighted.inputs.find((input) => input !== y);
  const sum = graph.producerOf(product.inputs.find((input) => input !== y));
  if (y === undefined || dy === undefined || !product.inputs.includes(y) || sum?.operator !== 'ReduceSum')
    return undefined;
  const axis = y.shape.length - 1;
  const axes = sum.inputs[1]?.storage?.data;
  const isRowSum =
    sum.inputs[0] === weighted.outputs[0] &&
    sum.attributes.keepdims === 1 &&
    axes?.length === 1 &&
    Number(axes[0]) === axis;
  return isRowSum && dy.shape.join() === y.shape.join() ? { y, dy, axis } : undefined;
}

/** o = y v and do, where dy = do vᵀ. */
function matchAttention(
  graph: GraphView,
  { y, dy }: SoftmaxGradient,
  difference: GraphNode,
): { output: Value; gradient: Value } | undefined {
  const backward = graph.producerOf(dy);
  if (!isProduct(backward) || backward.attributes.transA === 1 || backward.attributes.transB !== 1) return undefined;
  const [gradient, values] = backward.inputs as [Value, Value];
  const forward = graph
    .consumersOf(y)
    .find(
      (node) =>
        isProduct(node) &&
        graph.positionOf(node) < graph.positionOf(difference) &&
        node.inputs[0] === y &&
        node.inputs[1] === values &&
        (node.attributes.transA ?? 0) === 0 &&
        (node.attributes.transB ?? 0) === 0,
    );
  const output = forward?.outputs[0];
  return output?.shape.join() === gradient.shape.join() ? { output: output!, gradient } : undefined;
}

function isProduct(node: GraphNode | undefined): node is GraphNode {
  return (node?.operator === 'MatMul' || node?.operator === 'FusedMatMul') && node.attributes.alpha === undefined;
}
