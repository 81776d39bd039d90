// From a traced function to an ONNX model whose weights have their names.

import { create, type MessageInitShape } from '@bufbuild/protobuf';
import type { Variable } from '@tensorflow/tfjs-core';

import type { StepTrace } from '../compile/trace-step';
import {
  type NodeProto,
  NodeProtoSchema,
  type StringStringEntryProtoSchema,
  type TensorProto,
  TensorProtoSchema,
  type ValueInfoProto,
} from '../generated/onnx_pb';
import { type ElementArray, type ElementType, onnxDataType } from '../graph/element-type';
import { encodeAttribute, encodeNode, encodeValueInfo, irVersion, opsetVersion } from '../graph/encode-model';
import { int64s } from '../graph/literals';
import { elementsOf, sizeOf, type Value } from '../graph/value';
import { type ExportedGraph, type Extent, nameOfExtent, tracedBatches, withRest } from './free-batch';
import { standardNodes } from './standard-nodes';

/** A model without the contents of its weights, which may be too many for one message. */
export interface UnfilledModel {
  model: {
    irVersion: bigint;
    producerName: string;
    opsetImport: { domain: string; version: bigint }[];
    graph: { name: string; node: NodeProto[]; input: ValueInfoProto[]; output: ValueInfoProto[] };
    metadataProps: MessageInitShape<typeof StringStringEntryProtoSchema>[];
  };
  weights: { proto: TensorProto; data: ElementArray }[];
  /** Operators that are not of ONNX itself, such as 'com.microsoft.Name'. */
  customOperators: string[];
}

export interface ModelNames {
  /** Of each input, in the order in which the trace numbers them. */
  inputs: readonly string[];
  /** Of each result. */
  outputs: readonly string[];
  variableName(variable: Variable): string;
}

/** @param inputs Type and shape of each input. */
export function buildModel(
  trace: StepTrace,
  { nodes: tracedNodes, vectors, shapeOf }: ExportedGraph,
  inputs: readonly { type: ElementType; shape: readonly Extent[] }[],
  { inputs: inputNames, outputs: outputNames, variableName }: ModelNames,
  metadata: Readonly<Record<string, string>>,
): UnfilledModel {
  const unique = createNames([...inputNames, ...outputNames]);
  const nodes: NodeProto[] = [];
  const weights: UnfilledModel['weights'] = [];
  const names = new Map<Value, string>();
  const append = (opType: string, input: string[], output: string, attributes: Record<string, number> = {}) => {
    const attribute = Object.entries(attributes).map(([key, value]) => encodeAttribute(key, value));
    nodes.push(create(NodeProtoSchema, { name: output, opType, input, output: [output], attribute }));
    return output;
  };

  // leaves: an input, a weight or a constant under one name, and reshaped twins of it
  const known = new Map<unknown, string>();
  const once = (key: unknown, name: () => string): string => {
    const given = known.get(key) ?? name();
    known.set(key, given);
    return given;
  };
  const addWeight = (wanted: string, value: Value): string => {
    const name = unique(wanted);
    const dims = value.shape.map(BigInt);
    weights.push({
      proto: create(TensorProtoSchema, { name, dims, dataType: onnxDataType[value.type] }),
      data: elementsOf(value),
    });
    return name;
  };
  const numbers = (values: readonly number[]) =>
    once(`numbers ${values}`, () => addWeight(`numbers_${values.join('x')}`, int64s(values)));
  /** A vector of sizes, put together from the shape of an input where it follows the batch. */
  const sizes = (extents: readonly Extent[]): string => {
    if (extents.every((extent) => typeof extent === 'number')) return numbers(extents);
    const pieces = extents.map((extent) => {
      if (typeof extent === 'number') return numbers([extent]);
      const batch = once('batch', () => append('Shape', [inputNames[0]!], unique('batch'), { start: 0, end: 1 }));
      const { perImage } = extent;
      if (perImage === 1) return batch;
      return once(nameOfExtent(extent), () =>
        append('Mul', [batch, numbers([perImage])], unique(`batch_x${perImage}`)),
      );
    });
    return once(`sizes ${extents.map(nameOfExtent)}`, () => append('Concat', pieces, unique('sizes'), { axis: 0 }));
  };
  const reshaped = (base: string, from: readonly Extent[], to: readonly Extent[]): string => {
    const [present, wanted] = [from, to].map((shape) => `${shape.map(nameOfExtent)}`);
    if (present === wanted) return base;
    return once(`${base} as ${wanted}`, () =>
      append('Reshape', [base, sizes(withRest(to))], unique(`${base}_reshaped`)),
    );
  };
  /** Where the trace reads a stretch of a tensor's memory: all of it mostly, in another shape. */
  const stretchOf = (base: string, from: readonly Extent[], value: Value): string => {
    const { offset } = value;
    const to = shapeOf(value);
    const [whole, size] = [sizeOf(from.map(traced)), sizeOf(value.shape)];
    if (whole === size) return reshaped(base, from, to);
    const part = once(`${base} at ${offset} ${size}`, () =>
      append(
        'Slice',
        [reshaped(base, from, [-1]), numbers([offset]), numbers([offset + size])],
        unique(`${base}_part`),
      ),
    );
    return reshaped(part, [size], to);
  };
  const leafName = (value: Value): string => {
    const storage = value.storage!;
    const source = trace.sourceOf(storage);
    if (source.kind === 'input') {
      const { shape } = inputs[source.index]!;
      return stretchOf(inputNames[source.index]!, shape, value);
    }
    if (source.kind === 'variable') {
      const { variable } = source;
      const base = once(variable, () => addWeight(variableName(variable), trace.before.get(variable)!));
      return stretchOf(base, variable.shape, value);
    }
    return once(`${once(storage, () => `leaf${known.size}`)} ${value.offset} ${value.shape}`, () =>
      addWeight('constant', value),
    );
  };
  const read = new Set(
    tracedNodes.flatMap(({ inputs: values }) => values.map((value) => value && trace.graph.names.get(value))),
  );
  for (const leaf of [...trace.graph.feeds, ...trace.graph.literals]) {
    if (read.has(trace.graph.names.get(leaf))) names.set(leaf, leafName(leaf));
  }
  const byTracedName = new Map([...names].map(([value, name]) => [trace.graph.names.get(value)!, name]));
  for (const [vector, extents] of vectors) names.set(vector, sizes(extents));

  // results that a node computes take their names at once
  trace.results.forEach((value, index) => {
    if (value.node !== undefined && !names.has(value)) names.set(value, outputNames[index]!);
  });
  for (const [value, traced] of trace.graph.names) {
    if (!names.has(value)) names.set(value, byTracedName.get(traced) ?? unique(traced));
  }

  const customOperators = new Set<string>();
  for (const node of tracedNodes) {
    for (const part of standardNodes(node)) {
      for (const output of part.outputs) {
        if (!names.has(output)) names.set(output, unique(`${names.get(node.outputs[0]!)}_part`));
      }
      if (part.domain !== '') customOperators.add(`${part.domain}.${part.operator}`);
      nodes.push(encodeNode(part, names, names.get(part.outputs[0]!)));
    }
  }
  trace.results.forEach((value, index) => {
    const name = value.node === undefined ? leafName(value) : names.get(value)!;
    if (name !== outputNames[index]) append('Identity', [name], outputNames[index]!);
  });

  const domains = new Set([...customOperators].map((operator) => operator.slice(0, operator.lastIndexOf('.'))));
  return {
    model: {
      irVersion,
      producerName: '@semmae/tfjs-backend-onnx',
      opsetImport: [{ domain: '', version: opsetVersion }, ...[...domains].map((domain) => ({ domain, version: 1n }))],
      graph: {
        name: 'exported',
        node: nodes,
        input: inputs.map((input, index) => encodeInfo(input, inputNames[index]!)),
        output: trace.results.map((value, index) =>
          encodeInfo({ type: value.type, shape: shapeOf(value) }, outputNames[index]!),
        ),
      },
      metadataProps: Object.entries(metadata).map(([key, value]) => ({ key, value })),
    },
    weights,
    customOperators: [...customOperators],
  };
}

function encodeInfo({ type, shape }: { type: ElementType; shape: readonly Extent[] }, name: string): ValueInfoProto {
  const named = shape.map((extent) => (typeof extent === 'number' ? extent : nameOfExtent(extent)));
  return encodeValueInfo({ type, shape: named }, name);
}

/** The size in the trace. */
function traced(extent: Extent): number {
  return typeof extent === 'number' ? extent : tracedBatches[0] * extent.perImage;
}

/** A function that gives the wanted name, with a number behind it where it is taken already. */
function createNames(taken: readonly string[]): (wanted: string) => string {
  const given = new Set(taken);
  return (wanted) => {
    let name = wanted;
    for (let number = 1; given.has(name); number++) name = `${wanted}_${number}`;
    given.add(name);
    return name;
  };
}
