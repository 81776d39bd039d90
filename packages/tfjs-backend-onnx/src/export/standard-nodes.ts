// Replaces nodes of ONNX Runtime's operator set by nodes of ONNX's own.

import { scalar } from '../graph/literals';
import { insertedFor } from '../graph/rewrite';
import type { GraphNode, Value } from '../graph/value';

/** The nodes that stand for one traced node, in order. */
export interface StandardNodes {
  nodes: GraphNode[];
  /** New values, which need names. */
  added: Value[];
}

/** `node`, or what computes the same without the operators that only ONNX Runtime has. Others of those stay as they are. */
export function standardNodes(node: GraphNode): StandardNodes {
  if (node.operator !== 'FusedMatMul') return { nodes: [node], added: [] };
  const { transA = 0, transB = 0, transBatchA = 0, transBatchB = 0, alpha } = node.attributes;
  if (transBatchA !== 0 || transBatchB !== 0) return { nodes: [node], added: [] };
  const nodes: GraphNode[] = [];
  const added: Value[] = [];
  const append = (value: Value): Value => {
    nodes.push(value.node!);
    added.push(value);
    return value;
  };
  const side = (value: Value, isTransposed: boolean): Value =>
    isTransposed ? append(swapLastAxes(node, value)) : value;
  const inputs = [side(node.inputs[0]!, transA !== 0), side(node.inputs[1]!, transB !== 0)];
  const factor = typeof alpha === 'object' && 'float' in alpha ? alpha.float : 1;
  const output = node.outputs[0]!;
  if (factor === 1) {
    nodes.push(madeOf(node, 'MatMul', inputs));
  } else {
    const product = append(insertedFor(node, 'MatMul', inputs, output));
    const alphaValue = scalar(output.type, factor);
    added.push(alphaValue);
    nodes.push(madeOf(node, 'Mul', [product, alphaValue]));
  }
  return { nodes, added };
}

function swapLastAxes(node: GraphNode, value: Value): Value {
  const axes = value.shape.map((_, axis) => axis);
  const perm = [...axes.slice(0, -2), axes.at(-1)!, axes.at(-2)!];
  const shape = perm.map((axis) => value.shape[axis]!);
  return insertedFor(node, 'Transpose', [value], { type: value.type, shape }, { perm });
}

/** A node that computes the outputs of `node` in another way. */
function madeOf(node: GraphNode, operator: string, inputs: readonly Value[]): GraphNode {
  return { ...node, operator, domain: '', attributes: {}, inputs };
}
