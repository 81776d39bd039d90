// Encodes a collected graph as an ONNX model file. The schema in `../generated` was made by protoc-gen-es 2.13 (through buf 1.75,
// target=ts) from the onnx.proto inside the Python package onnx 1.23.2.

import { create, toBinary } from '@bufbuild/protobuf';

import {
  type AttributeProto,
  AttributeProto_AttributeType,
  AttributeProtoSchema,
  ModelProtoSchema,
  type NodeProto,
  NodeProtoSchema,
  type TensorProto,
  TensorProtoSchema,
  type ValueInfoProto,
  ValueInfoProtoSchema,
} from '../generated/onnx_pb';
import type { CollectedGraph } from './collect-graph';
import { type ElementType, onnxDataType } from './element-type';
import { type AttributeValue, elementsOf, type GraphNode, type Value } from './value';
import { hostNodeNames, isWebGpuGap } from './webgpu-gaps';

/** The IR version that goes with opset 21; newer runtimes read it. */
export const irVersion = 10n;
export const opsetVersion = 21n;

/** Bytes of the ONNX model that computes `graph.outputs` from `graph.feeds`. */
export function encodeModel(graph: CollectedGraph): Uint8Array {
  const name = (value: Value) => graph.names.get(value)!;
  const gaps = graph.nodes.filter(isWebGpuGap);
  const model = create(ModelProtoSchema, {
    irVersion,
    producerName: '@semmae/tfjs-backend-onnx',
    opsetImport: [
      { domain: '', version: opsetVersion },
      { domain: 'com.microsoft', version: 1n },
    ],
    graph: {
      name: 'trace',
      node: graph.nodes.map((node) => encodeNode(node, graph.names, hostNodeNames[gaps.indexOf(node)])),
      initializer: graph.literals.map((value) => encodeLiteral(value, name(value))),
      input: graph.feeds.map((value) => encodeValueInfo(value, name(value))),
      output: graph.outputs.map((value) => encodeValueInfo(value, name(value))),
    },
  });
  return toBinary(ModelProtoSchema, model);
}

export function encodeNode(node: GraphNode, names: Map<Value, string>, name: string | undefined): NodeProto {
  const outputs = node.outputs.map((value) => names.get(value)!);
  return create(NodeProtoSchema, {
    name: name ?? outputs[0],
    opType: node.operator,
    domain: node.domain,
    input: node.inputs.map((value) => (value === undefined ? '' : names.get(value)!)),
    output: outputs,
    attribute: Object.entries(node.attributes).map(([key, value]) => encodeAttribute(key, value)),
  });
}

export function encodeAttribute(name: string, value: AttributeValue): AttributeProto {
  const { INT, INTS, FLOAT, STRING } = AttributeProto_AttributeType;
  if (typeof value === 'number') return create(AttributeProtoSchema, { name, type: INT, i: BigInt(value) });
  if (typeof value === 'string') {
    return create(AttributeProtoSchema, { name, type: STRING, s: new TextEncoder().encode(value) });
  }
  if ('float' in value) return create(AttributeProtoSchema, { name, type: FLOAT, f: value.float });
  return create(AttributeProtoSchema, { name, type: INTS, ints: value.map(BigInt) });
}

function encodeLiteral(value: Value, name: string): TensorProto {
  const data = elementsOf(value);
  return create(TensorProtoSchema, {
    name,
    dims: value.shape.map(BigInt),
    dataType: onnxDataType[value.type],
    rawData: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
  });
}

/** @param shape Sizes, or names of sizes that are known only when the model runs. */
export function encodeValueInfo(
  { type, shape }: { type: ElementType; shape: readonly (number | string)[] },
  name: string,
): ValueInfoProto {
  const dim = shape.map((size) =>
    typeof size === 'string'
      ? { value: { case: 'dimParam' as const, value: size } }
      : { value: { case: 'dimValue' as const, value: BigInt(size) } },
  );
  return create(ValueInfoProtoSchema, {
    name,
    type: { value: { case: 'tensorType', value: { elemType: onnxDataType[type], shape: { dim } } } },
  });
}
