// A graph for batches of any size, from two traces of one function on batches of different sizes.

import { sameSource } from '../compile/compare-traces';
import type { StepTrace } from '../compile/trace-step';
import { sameOperator, signatureOf } from '../graph/structural-key';
import { elementsOf, type GraphNode, literalValue, type Value } from '../graph/value';
import { OnnxBackendError } from '../onnx-backend-error';

/** Batch sizes of the two traces. A batch of one would broadcast, and its trace would be another graph. */
export const tracedBatches = [2, 3] as const;

/** A size: fixed, or so many for each image of the batch. */
export type Extent = number | { readonly perImage: number };

export interface ExportedGraph {
  nodes: readonly GraphNode[];
  /** What stands in place of constants that hold sizes which follow the batch. */
  vectors: ReadonlyMap<Value, readonly Extent[]>;
  shapeOf(value: Value): readonly Extent[];
}

/** Beyond every axis: a slice up to here goes on to the end. */
const endOfAxis = Number.MAX_SAFE_INTEGER;

/** The graph as it was traced. */
export function fixedBatch({ graph }: StepTrace): ExportedGraph {
  return { nodes: graph.nodes, vectors: new Map(), shapeOf: ({ shape }) => shape };
}

/**
 * The first trace with every size that differs in the second one tied to the batch. Whatever else differs throws an
 * OnnxBackendError that names the kernel: a mean over the batch, say, whose factor is a constant.
 */
export function freeBatch(first: StepTrace, second: StepTrace): ExportedGraph {
  const shapes = new Map<Value, readonly Extent[]>();
  const vectors = new Map<Value, readonly Extent[]>();

  const pairShape = (kernel: string, a: Value, b: Value): void => {
    const shape = a.type === b.type ? extentsOf(a.shape, b.shape) : undefined;
    if (shape === undefined) throw dependent(kernel, `${signatureOf(a)} and ${signatureOf(b)}`);
    shapes.set(a, shape);
  };
  const pairLeaf = (kernel: string, a: Value, b: Value): void => {
    const isSame = a.offset === b.offset && sameSource(first.sourceOf(a.storage!), second.sourceOf(b.storage!));
    if (!isSame) throw dependent(kernel, 'two different tensors');
    pairShape(kernel, a, b);
  };
  const pairConstant = (node: GraphNode, slot: number, a: Value, b: Value): Value => {
    const [elements, others] = [[...elementsOf(a)], [...elementsOf(b)]];
    if (signatureOf(a) === signatureOf(b) && elements.every((element, index) => Object.is(element, others[index]))) {
      shapes.set(a, a.shape);
      return a;
    }
    const extents = a.type === 'int64' ? extentsOf(elements.map(Number), others.map(Number)) : undefined;
    if (extents === undefined) throw dependent(node.kernel, `the constants ${signatureOf(a)} and ${signatureOf(b)}`);
    const vector = literalValue('int64', a.shape, new BigInt64Array(extents.length));
    const source = shapes.get(node.inputs[0]!);
    vectors.set(vector, settled(node.operator, slot, extents, source));
    return vector;
  };
  const pairInput = (node: GraphNode, slot: number, a: Value | undefined, b: Value | undefined): Value | undefined => {
    const name = nameIn(first, a);
    const [kind, otherKind] = [name.charAt(0), nameIn(second, b).charAt(0)];
    if (kind !== otherKind || (kind === 'n' && name !== nameIn(second, b)))
      throw dependent(node.kernel, 'other inputs');
    if (kind === 'c') return pairConstant(node, slot, a!, b!);
    if (kind === 'i') pairLeaf(node.kernel, a!, b!);
    return a;
  };

  const [given, other] = [first.graph.nodes, second.graph.nodes];
  const nodes = given.map((node, index) => {
    const twin = other[index];
    if (twin === undefined || given.length !== other.length || !sameOperator(node, twin))
      throw dependent(node.kernel, `${node.operator} and ${twin?.operator ?? 'nothing'}`);
    const inputs = node.inputs.map((input, slot) => pairInput(node, slot, input, twin.inputs[slot]));
    node.outputs.forEach((output, slot) => {
      pairShape(node.kernel, output, twin.outputs[slot]!);
    });
    return { ...node, inputs };
  });
  first.results.forEach((result, index) => {
    const twin = second.results[index]!;
    if (nameIn(first, result) !== nameIn(second, twin)) throw dependent('the result', 'other results');
    if (result.node === undefined) pairLeaf('the result', result, twin);
  });
  return { nodes, vectors, shapeOf: (value) => shapes.get(value) ?? value.shape };
}

function extentsOf(first: readonly number[], second: readonly number[]): Extent[] | undefined {
  const [small, large] = tracedBatches;
  const extents = first.map((size, axis): Extent | undefined => {
    if (size === second[axis]) return size;
    return size * large === second[axis]! * small && size % small === 0 ? { perImage: size / small } : undefined;
  });
  return first.length === second.length && !extents.includes(undefined) ? (extents as Extent[]) : undefined;
}

/** The same without a look at the batch, where the operator can tell by itself: the rest of a reshape, a slice to the end. */
function settled(
  operator: string,
  slot: number,
  extents: readonly Extent[],
  source: readonly Extent[] | undefined,
): readonly Extent[] {
  if (operator === 'Reshape') return withRest(extents);
  if (operator !== 'Slice' || slot !== 2) return extents;
  const sizes = source?.map(nameOfExtent);
  return extents.map((extent, axis) =>
    typeof extent === 'object' && nameOfExtent(extent) === sizes?.[axis] ? endOfAxis : extent,
  );
}

/** A shape for `Reshape`, which finds one size itself. */
export function withRest(shape: readonly Extent[]): readonly Extent[] {
  const free = shape.filter((extent) => typeof extent === 'object');
  return free.length === 1 && !shape.includes(0)
    ? shape.map((extent) => (typeof extent === 'object' ? -1 : extent))
    : shape;
}

/** '7', 'batch' or '5*batch'. */
export function nameOfExtent(extent: Extent): string {
  if (typeof extent === 'number') return `${extent}`;
  return extent.perImage === 1 ? 'batch' : `${extent.perImage}*batch`;
}

/** '' for an input that is left out. */
function nameIn({ graph }: StepTrace, value: Value | undefined): string {
  return value === undefined ? '' : (graph.names.get(value) ?? '');
}

function dependent(kernel: string, got: string): OnnxBackendError {
  return new OnnxBackendError({
    where: 'exportOnnx',
    requirement: `with freeBatch, ${kernel} must do the same to batches of all sizes`,
    got,
    remedy: 'compute image by image, or export without freeBatch',
  });
}
