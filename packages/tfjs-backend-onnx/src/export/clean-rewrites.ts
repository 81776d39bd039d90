// Rewrites of exported graphs: operators that every runtime knows well, in place of what pays in ONNX Runtime alone.

import { fuseLayerNorms } from '../graph/fuse-layer-norm';
import { type GraphView, nodeInPlaceOf, type Rewrite } from '../graph/rewrite';
import type { GraphNode, Value } from '../graph/value';

/** LayerNormalization with the weights behind it as its own, and x·Φ(x) as Gelu. */
export const cleanRewrites: readonly Rewrite[] = [fuseLayerNorms, foldAffine, fuseGelu];

/** LayerNormalization(x)·gamma + beta, if nobody else reads the parts. */
function foldAffine(graph: GraphView): Map<Value, GraphNode> {
  const producers = new Map<Value, GraphNode>();
  for (const shift of graph.nodes) {
    if (shift.operator !== 'Add') continue;
    const [scaled, beta] = shift.inputs as [Value, Value];
    const scale = graph.producerOf(scaled);
    if (scale?.operator !== 'Mul' || !isReadOnce(graph, scaled)) continue;
    const [normalized, gamma] = scale.inputs as [Value, Value];
    const norm = graph.producerOf(normalized);
    if (norm?.operator !== 'LayerNormalization' || norm.inputs.length !== 2) continue;
    const [x, ones] = norm.inputs as [Value, Value];
    const isWhole = norm.outputs.every((output) => output === normalized || graph.consumersOf(output).length === 0);
    if (!isWhole || !isReadOnce(graph, normalized) || graph.outputs.some((output) => norm.outputs.includes(output)))
      continue;
    if (`${gamma.shape}` !== `${ones.shape}` || `${beta.shape}` !== `${ones.shape}`) continue;
    const { operator, attributes } = norm;
    const inputs = [x, gamma, beta];
    producers.set(shift.outputs[0]!, nodeInPlaceOf(shift, { operator, attributes, inputs, outputs: shift.outputs }));
  }
  return producers;
}

/** √2·(u·(½ erf(u) + ½)) with u = x/√2, as `@semmae/vit` writes it. */
function fuseGelu(graph: GraphView): Map<Value, GraphNode> {
  const producers = new Map<Value, GraphNode>();
  for (const node of graph.nodes) {
    const weighted = graph.producerOf(scaledBy(graph, node, Math.SQRT2));
    if (weighted?.operator !== 'Mul') continue;
    const [u, distribution] = weighted.inputs as [Value, Value];
    const shift = graph.producerOf(distribution);
    const half = shift?.operator === 'Add' && isNumber(graph, shift.inputs[1], 0.5) ? shift.inputs[0] : undefined;
    const erf = graph.producerOf(scaledBy(graph, graph.producerOf(half), 0.5));
    const x = scaledBy(graph, graph.producerOf(u), Math.SQRT1_2);
    if (erf?.operator !== 'Erf' || erf.inputs[0] !== u || x === undefined) continue;
    producers.set(node.outputs[0]!, nodeInPlaceOf(node, { operator: 'Gelu', inputs: [x], outputs: node.outputs }));
  }
  return producers;
}

/** The other factor of a product with the constant `factor`. */
function scaledBy(graph: GraphView, node: GraphNode | undefined, factor: number): Value | undefined {
  return node?.operator === 'Mul' && isNumber(graph, node.inputs[1], factor) ? node.inputs[0] : undefined;
}

function isNumber(graph: GraphView, value: Value | undefined, number: number): boolean {
  const { storage, shape, offset } = value ?? {};
  return shape?.length === 0 && storage?.data?.[offset!] === Math.fround(number) && graph.isLiteral(storage);
}

function isReadOnce(graph: GraphView, value: Value): boolean {
  return graph.consumersOf(value).length === 1 && !graph.outputs.includes(value);
}
