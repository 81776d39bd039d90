// Recognizes layer normalization written out in tfjs ops, forward pass, and puts ONNX's own operator in its place.

import { filled } from './literals';
import { type GraphView, nodeInPlaceOf } from './rewrite';
import { type GraphNode, pendingValue, type Value } from './value';

/**
 * (x - mean(x)) * 1 / sqrt(mean((x - mean(x))²) + ε) over the last axis becomes one LayerNormalization, which also gives
 * 1 / sqrt(…), the part that gradients need again. Eight passes over the tokens become one.
 *
 * Only where ε is a constant of the graph: in compiled steps.
 */
export function fuseLayerNorms(graph: GraphView): Map<Value, GraphNode> {
  const producers = new Map<Value, GraphNode>();
  for (const product of graph.nodes) {
    const match = product.operator === 'Mul' ? matchNormalized(product, graph) : undefined;
    if (match === undefined || producers.has(match.inverse)) continue;
    const { x, epsilon, inverse } = match;
    const [normalized] = product.outputs as [Value];
    // The new node takes the place of the inverse deviation, since all that reads it comes later.
    const place = { ...product, id: graph.producerOf(inverse)!.id };
    const fused = nodeInPlaceOf(place, {
      operator: 'LayerNormalization',
      attributes: { axis: -1, epsilon: { float: epsilon } },
      inputs: [x, filled('float32', [x.shape.at(-1)!], 1)],
      outputs: [normalized, pendingValue(inverse.type, inverse.shape), inverse],
    });
    producers.set(normalized, fused);
    producers.set(inverse, fused);
  }
  return producers;
}

interface Normalized {
  x: Value;
  epsilon: number;
  /** 1 / sqrt(…). */
  inverse: Value;
}

function matchNormalized(product: GraphNode, graph: GraphView): Normalized | undefined {
  const producer = (value: Value | undefined, operator: string) => producedBy(graph, value, operator);
  const [centered, inverse] = product.inputs as [Value, Value];
  const reciprocal = producer(inverse, 'Reciprocal');
  const x = centeredInput(graph, centered);
  const shifted = producer(producer(reciprocal?.inputs[0], 'Sqrt')?.inputs[0], 'Add');
  const epsilon = shifted?.inputs[1]?.storage;
  const square = producer(lastAxisMeanInput(graph, shifted?.inputs[0]), 'Mul');
  if (reciprocal === undefined || x === undefined || epsilon?.data?.length !== 1 || square === undefined)
    return undefined;
  if (!graph.isLiteral(epsilon) || square.inputs[0] !== square.inputs[1]) return undefined;
  if (centeredInput(graph, square.inputs[0]) !== x) return undefined;
  return { x, epsilon: Number(epsilon.data[0]), inverse };
}

/** x, where `value` is x - mean(x). */
function centeredInput(graph: GraphView, value: Value | undefined): Value | undefined {
  const difference = producedBy(graph, value, 'Sub');
  const x = difference?.inputs[0];
  const isCentered = x !== undefined && x.type === 'float32' && lastAxisMeanInput(graph, difference?.inputs[1]) === x;
  return isCentered ? x : undefined;
}

/** x, where `value` is the mean of x over its last axis, which is kept. */
function lastAxisMeanInput(graph: GraphView, value: Value | undefined): Value | undefined {
  const mean = producedBy(graph, value, 'ReduceMean');
  const [x, axes] = mean?.inputs ?? [];
  const isLast = axes?.storage?.data?.length === 1 && Number(axes.storage.data[0]) === (x?.shape.length ?? 0) - 1;
  return isLast && mean?.attributes.keepdims === 1 ? x : undefined;
}

function producedBy(graph: GraphView, value: Value | undefined, operator: string): GraphNode | undefined {
  const node = graph.producerOf(value);
  return node?.operator === operator ? node : undefined;
}
