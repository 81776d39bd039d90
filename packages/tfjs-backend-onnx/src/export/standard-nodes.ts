// Replaces nodes of ONNX Runtime's operator set by nodes of ONNX's own.

import { insertedFor } from '../graph/rewrite';
import type { GraphNode, Value } from '../graph/value';

/** Nodes that compute the outputs of `node`, in order. Operators that ONNX does not have itself stay as they are. */
export function standardNodes(node: GraphNode): GraphNode[] {
  if (node.operator !== 'FusedMatMul') return [node];
  const { transA, transB } = node.attributes;
  const [a, b] = node.inputs as [Value, Value];
  const inputs = [transA === 1 ? swapLastAxes(node, a) : a, transB === 1 ? swapLastAxes(node, b) : b];
  const product = { ...node, operator: 'MatMul', domain: '', attributes: {}, inputs };
  return [...inputs.flatMap((input, side) => (input === node.inputs[side] ? [] : [input.node!])), product];
}

function swapLastAxes(node: GraphNode, value: Value): Value {
  const axes = value.shape.map((_, axis) => axis);
  const perm = [...axes.slice(0, -2), axes.at(-1)!, axes.at(-2)!];
  const shape = perm.map((axis) => value.shape[axis]!);
  return insertedFor(node, 'Transpose', [value], { type: value.type, shape }, { perm });
}
