// Recognises layer normalisation written out in tfjs ops, forward pass, and puts ONNX's own operator in its place.

import { filled } from './literals';
import type { GraphNode, Storage, Value } from './value';

/**
 * Nodes to use instead of others: (x - mean(x)) * 1 / sqrt(mean((x - mean(x))²) + ε) over the last axis becomes one
 * LayerNormalization, which also gives 1 / sqrt(…), the part that gradients need again. Eight passes over the tokens become one.
 *
 * Only where ε is a constant of the graph: in compiled steps.
 */
export function fuseLayerNorms(
  nodes: readonly GraphNode[],
  isLiteral: (storage: Storage) => boolean,
): Map<GraphNode, GraphNode> {
  const substitutes = new Map<GraphNode, GraphNode>();
  for (const product of nodes) {
    const match = product.operator === 'Mul' ? matchNormalised(product, isLiteral) : undefined;
    if (match === undefined || substitutes.has(match.reciprocal)) continue;
    const { x, epsilon, reciprocal } = match;
    const fused: GraphNode = {
      id: reciprocal.id, // x is there by then
      operator: 'LayerNormalization',
      domain: '',
      attributes: { axis: -1, epsilon: { float: epsilon } },
      inputs: [x, filled('float32', [x.shape.at(-1)!], 1)],
      outputs: [product.outputs[0]!, unusedMean(reciprocal.outputs[0]!), reciprocal.outputs[0]!],
      kernel: product.kernel,
      scope: product.scope,
    };
    substitutes.set(product, fused);
    substitutes.set(reciprocal, fused);
  }
  return substitutes;
}

function unusedMean({ type, shape }: Value): Value {
  return { type, shape, node: undefined, storage: undefined, holders: 0, reshaped: undefined };
}

interface Normalised {
  x: Value;
  epsilon: number;
  reciprocal: GraphNode;
}

function matchNormalised(product: GraphNode, isLiteral: (storage: Storage) => boolean): Normalised | undefined {
  const [centred, inverse] = product.inputs as [Value, Value];
  const reciprocal = producer(inverse, 'Reciprocal');
  const x = centredInput(centred);
  const shifted = producer(producer(reciprocal?.inputs[0], 'Sqrt')?.inputs[0], 'Add');
  const epsilon = shifted?.inputs[1]?.storage;
  const square = producer(lastAxisMeanInput(shifted?.inputs[0]), 'Mul');
  if (reciprocal === undefined || x === undefined || epsilon?.data?.length !== 1 || square === undefined)
    return undefined;
  if (!(epsilon.literal || isLiteral(epsilon)) || square.inputs[0] !== square.inputs[1]) return undefined;
  if (centredInput(square.inputs[0]) !== x) return undefined;
  return { x, epsilon: Number(epsilon.data[0]), reciprocal };
}

/** x, where `value` is x - mean(x). */
function centredInput(value: Value | undefined): Value | undefined {
  const difference = producer(value, 'Sub');
  const x = difference?.inputs[0];
  return x !== undefined && x.type === 'float32' && lastAxisMeanInput(difference?.inputs[1]) === x ? x : undefined;
}

/** x, where `value` is the mean of x over its last axis, which is kept. */
function lastAxisMeanInput(value: Value | undefined): Value | undefined {
  const mean = producer(value, 'ReduceMean');
  const [x, axes] = mean?.inputs ?? [];
  const isLast = axes?.storage?.data?.length === 1 && Number(axes.storage.data[0]) === (x?.shape.length ?? 0) - 1;
  return isLast && mean?.attributes.keepdims === 1 ? x : undefined;
}

function producer(value: Value | undefined, operator: string): GraphNode | undefined {
  return value?.node?.operator === operator ? value.node : undefined;
}
