// Folds the constants and the bias around a matrix product into the product, where they cost no pass over its result.

import { type GraphView, nodeInPlaceOf } from './rewrite';
import type { AttributeValue, GraphNode, Value } from './value';

/** alpha · a b + beta · bias, as it grows. */
interface Product {
  inputs: readonly [Value, Value];
  alpha: number;
  /** The bias [N] or [1, N], times beta. */
  bias: Value | undefined;
  beta: number;
  /** What the folded nodes compute in the end, and the last of them. */
  output: Value;
  last: GraphNode;
}

/**
 * (s a) b becomes s (a b); s (a b + bias) becomes s (a b) + s bias, as a Gemm with its alpha and beta. ONNX Runtime folds a
 * factor next to a product, and a bias next to one without a factor, but not both.
 */
export function fuseProducts(graph: GraphView): Map<Value, GraphNode> {
  const producers = new Map<Value, GraphNode>();
  const outputs = new Set(graph.outputs);
  for (const node of graph.nodes) {
    if (node.operator !== 'MatMul' && node.operator !== 'FusedMatMul') continue;
    const product = foldOutput(graph, outputs, foldInputs(graph, node));
    if (product.alpha === 1 && product.bias === undefined) continue;
    producers.set(product.output, encode(node, product));
  }
  return producers;
}

function foldInputs(graph: GraphView, node: GraphNode): Product {
  let alpha = (node.attributes.alpha as { float: number } | undefined)?.float ?? 1;
  const strip = (value: Value): Value => {
    const scaled = scalingOf(graph, graph.producerOf(value));
    if (scaled === undefined) return value;
    alpha *= scaled.factor;
    return strip(scaled.value);
  };
  const [a, b] = node.inputs as [Value, Value];
  const inputs = [strip(a), strip(b)] as const;
  return { inputs, alpha, bias: undefined, beta: 1, output: node.outputs[0]!, last: node };
}

/** Follows the result as long as one node alone reads it. */
function foldOutput(graph: GraphView, outputs: ReadonlySet<Value>, product: Product): Product {
  const readers = graph.consumersOf(product.output);
  const [reader] = readers;
  if (readers.length !== 1 || reader === undefined || outputs.has(product.output)) return product;
  const [output] = reader.outputs as [Value];
  const next = { ...product, output, last: reader };
  const scaled = scalingOf(graph, reader);
  if (scaled?.value === product.output) {
    const { factor } = scaled;
    return foldOutput(graph, outputs, { ...next, alpha: product.alpha * factor, beta: product.beta * factor });
  }
  const bias = product.bias === undefined ? biasOf(reader, product.output) : undefined;
  return bias === undefined ? product : foldOutput(graph, outputs, { ...next, bias });
}

/** The other operand of an addition to a matrix, if it is one row for all rows. */
function biasOf(node: GraphNode, matrix: Value): Value | undefined {
  if (node.operator !== 'Add' || matrix.shape.length !== 2) return undefined;
  const other = node.inputs.find((input) => input !== matrix);
  const isRow = other?.shape.length === 1 && other.shape[0] === matrix.shape[1];
  return isRow && other.type === 'float32' ? other : undefined;
}

function scalingOf(graph: GraphView, node: GraphNode | undefined): { value: Value; factor: number } | undefined {
  if (node?.operator !== 'Mul') return undefined;
  const [a, b] = node.inputs as [Value, Value];
  for (const [value, number] of [
    [a, b],
    [b, a],
  ] as const) {
    const isConstant =
      number.shape.length === 0 && number.storage?.data !== undefined && graph.isLiteral(number.storage);
    if (isConstant && value.shape.length >= 2 && value.type === 'float32')
      return { value, factor: Number(number.storage!.data![number.offset]) };
  }
  return undefined;
}

function encode(matMul: GraphNode, { inputs, alpha, bias, beta, output, last }: Product): GraphNode {
  const { transA = 0, transB = 0 } = matMul.attributes;
  const factor: Record<string, AttributeValue> = { transA, transB, alpha: { float: alpha } };
  const place = { ...matMul, id: last.id };
  if (bias === undefined) {
    return nodeInPlaceOf(place, {
      operator: 'FusedMatMul',
      domain: 'com.microsoft',
      attributes: factor,
      inputs,
      outputs: [output],
    });
  }
  const attributes = { ...factor, beta: { float: beta } };
  return nodeInPlaceOf(place, { operator: 'Gemm', attributes, inputs: [...inputs, bias], outputs: [output] });
}
