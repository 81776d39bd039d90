// Keeps onnxruntime-node from copying every output once more.
//
// Its binding makes a new JavaScript tensor of each output of a run, also of those that it has just written into memory of ours:
// for a training step, all variables, in fresh memory each time. It stops at the first output that JavaScript has no type for.
// So each graph gets such an output as its first one. When the binding stops there, the run is over and our memory is filled.

import { create, toBinary } from '@bufbuild/protobuf';

import {
  ModelProtoSchema,
  NodeProtoSchema,
  TensorProto_DataType,
  TypeProtoSchema,
  ValueInfoProtoSchema,
} from '../generated/onnx_pb';

/** Name of that output, and of the node that makes it. */
export const unconvertedOutput = 'run-is-over';

/** The model with an empty sequence as its first output. */
export function withUnconvertedOutput(model: Uint8Array): Uint8Array {
  // Protobuf messages are merged by joining their bytes: lists are joined in turn.
  const joined = new Uint8Array(prefix.length + model.length);
  joined.set(prefix);
  joined.set(model, prefix.length);
  return joined;
}

/** Runs a session of such a model and fills `fetches`. A later binding that can return sequences works as well. */
export function runUnconverted(run: (fetches: object) => unknown, fetches: object): void {
  try {
    run({ [unconvertedOutput]: null, ...fetches });
  } catch (error) {
    if (!(error instanceof Error && error.message.includes('Non tensor type'))) throw error;
  }
}

const tensorOfFloats = create(TypeProtoSchema, {
  value: { case: 'tensorType', value: { elemType: TensorProto_DataType.FLOAT } },
});

const prefix = toBinary(
  ModelProtoSchema,
  create(ModelProtoSchema, {
    graph: {
      node: [
        create(NodeProtoSchema, { name: unconvertedOutput, opType: 'SequenceEmpty', output: [unconvertedOutput] }),
      ],
      output: [
        create(ValueInfoProtoSchema, {
          name: unconvertedOutput,
          type: { value: { case: 'sequenceType', value: { elemType: tensorOfFloats } } },
        }),
      ],
    },
  }),
);
