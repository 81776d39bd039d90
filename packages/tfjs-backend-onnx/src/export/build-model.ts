// From a traced function to an ONNX model whose weights have their names.

import { create } from '@bufbuild/protobuf';
import type { Tensor } from '@tensorflow/tfjs-core';

import type { StepTrace } from '../compile/trace-step';
import {
  type NodeProto,
  NodeProtoSchema,
  type TensorProto,
  TensorProtoSchema,
  type ValueInfoProto,
} from '../generated/onnx_pb';
import { type ElementArray, elementTypeOf, onnxDataType } from '../graph/element-type';
import { encodeNode, encodeValueInfo, irVersion, opsetVersion } from '../graph/encode-model';
import { int64s } from '../graph/literals';
import { elementsOf, sizeOf, type Value } from '../graph/value';
import { createNames } from './names';
import { standardNodes } from './standard-nodes';

/** A model without the contents of its weights, which may be too many for one message. */
export interface UnfilledModel {
  model: {
    irVersion: bigint;
    producerName: string;
    opsetImport: { domain: string; version: bigint }[];
    graph: { name: string; node: NodeProto[]; input: ValueInfoProto[]; output: ValueInfoProto[] };
  };
  weights: { proto: TensorProto; data: ElementArray }[];
  /** Operators that are not of ONNX itself, such as 'com.microsoft.Name'. */
  customOperators: string[];
}

/**
 * @param inputNames Name of each example tensor, in the order in which the trace numbers them.
 * @param outputNames Name of each result.
 */
export function buildModel(
  trace: StepTrace,
  inputs: readonly Tensor[],
  inputNames: readonly string[],
  outputNames: readonly string[],
): UnfilledModel {
  const unique = createNames([...inputNames, ...outputNames]);
  const nodes: NodeProto[] = [];
  const weights: UnfilledModel['weights'] = [];
  const names = new Map<Value, string>();
  const append = (opType: string, input: string[], output: string) => {
    nodes.push(create(NodeProtoSchema, { name: output, opType, input, output: [output] }));
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
  const reshaped = (base: string, from: readonly number[], to: readonly number[]): string => {
    if (from.join() === to.join()) return base;
    return once(`${base} as ${to}`, () => append('Reshape', [base, numbers(to)], unique(`${base}_reshaped`)));
  };
  /** Where the trace reads a stretch of a tensor's memory: all of it mostly, in another shape. */
  const stretchOf = (base: string, from: readonly number[], { shape, offset }: Value): string => {
    const [whole, size] = [sizeOf(from), sizeOf(shape)];
    if (whole === size) return reshaped(base, from, shape);
    const part = once(`${base} at ${offset} ${size}`, () =>
      append(
        'Slice',
        [reshaped(base, from, [whole]), numbers([offset]), numbers([offset + size])],
        unique(`${base}_part`),
      ),
    );
    return reshaped(part, [size], shape);
  };
  const leafName = (value: Value): string => {
    const storage = value.storage!;
    const source = trace.sourceOf(storage);
    if (source.kind === 'input') {
      const { shape } = inputs[source.index]!;
      return stretchOf(inputNames[source.index]!, shape, value);
    }
    if (source.kind === 'variable') {
      const { name, shape } = source.variable;
      const base = once(source.variable, () => addWeight(name, trace.before.get(source.variable)!));
      return stretchOf(base, shape, value);
    }
    return once(`${once(storage, () => `leaf${known.size}`)} ${value.offset} ${value.shape}`, () =>
      addWeight('constant', value),
    );
  };
  for (const leaf of [...trace.graph.feeds, ...trace.graph.literals]) names.set(leaf, leafName(leaf));
  const byTracedName = new Map([...names].map(([value, name]) => [trace.graph.names.get(value)!, name]));

  // results that a node computes take their names at once
  trace.results.forEach((value, index) => {
    if (value.node !== undefined && !names.has(value)) names.set(value, outputNames[index]!);
  });
  for (const [value, traced] of trace.graph.names) {
    if (!names.has(value)) names.set(value, byTracedName.get(traced) ?? unique(traced));
  }

  const customOperators = new Set<string>();
  for (const traced of trace.graph.nodes) {
    const standard = standardNodes(traced);
    for (const value of standard.added) {
      names.set(value, value.storage === undefined ? unique(`${names.get(traced.outputs[0]!)}_part`) : leafName(value));
    }
    for (const node of standard.nodes) {
      if (node.domain !== '') customOperators.add(`${node.domain}.${node.operator}`);
      nodes.push(encodeNode(node, names, names.get(node.outputs[0]!)));
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
        input: inputs.map(({ dtype, shape }, index) =>
          encodeValueInfo({ type: elementTypeOf('exportOnnx', dtype), shape }, inputNames[index]!),
        ),
        output: trace.results.map((value, index) => encodeValueInfo(value, outputNames[index]!)),
      },
    },
    weights,
    customOperators: [...customOperators],
  };
}
