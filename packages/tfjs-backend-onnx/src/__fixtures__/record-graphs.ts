// Notes every graph the current backend compiles.

import { fromBinary } from '@bufbuild/protobuf';
import { backend } from '@tensorflow/tfjs-core';

import { ModelProtoSchema } from '../generated/onnx_pb';
import type { OnnxBackend } from '../onnx-backend';

export interface RecordedGraph {
  operators: string[];
  outputs: number;
}

/** The graphs that `run` makes the backend compile. */
export function recordGraphs(run: () => void): RecordedGraph[] {
  const { runner } = backend() as OnnxBackend;
  const graphs: RecordedGraph[] = [];
  const { createSession } = runner;
  runner.createSession = (model, collected) => {
    const { graph } = fromBinary(ModelProtoSchema, model);
    graphs.push({ operators: graph!.node.map(({ opType }) => opType), outputs: graph!.output.length });
    return createSession(model, collected);
  };
  try {
    run();
  } finally {
    runner.createSession = createSession;
  }
  return graphs;
}
