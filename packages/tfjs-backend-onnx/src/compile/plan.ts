// A traced step, ready to run again and again.

import type { Variable } from '@tensorflow/tfjs-core';

import { encodeModel } from '../graph/encode-model';
import { signatureOf } from '../graph/structural-key';
import type { Value } from '../graph/value';
import type { OnnxBackend } from '../onnx-backend';
import type { RuntimeSession } from '../runtime/onnx-runtime';
import type { LeafSource, StepTrace } from './trace-step';

/** A tensor the step hands back: a result of the graph, or one of its leaves. */
export type ResultSource = { kind: 'fetch'; index: number } | { kind: 'leaf'; source: LeafSource };

/** Shape and type that are fed or fetched under a name. */
export interface Port {
  name: string;
  value: Pick<Value, 'type' | 'shape'>;
}

export interface Plan {
  session: RuntimeSession;
  feeds: readonly (Port & { source: LeafSource })[];
  fetches: readonly Port[];
  outputNames: readonly string[];
  results: readonly (ResultSource & Port)[];
  updates: readonly (ResultSource & Port & { variable: Variable })[];
}

export function createPlan(backend: OnnxBackend, { graph, sourceOf, outputNames, results, updates }: StepTrace): Plan {
  const fetchIndex = new Map(graph.outputs.map((value, index) => [value, index]));
  const sourced = (value: Value): ResultSource & Port => {
    const port = { name: graph.names.get(value) ?? signatureOf(value), value: portValue(value) };
    const index = fetchIndex.get(value);
    return index === undefined
      ? { kind: 'leaf', source: hold(sourceOf(value.storage!)), ...port }
      : { kind: 'fetch', index, ...port };
  };
  return {
    session: backend.createSession(encodeModel(graph), graph),
    feeds: graph.feeds.map((value, index) => ({
      name: `i${index}`,
      value: portValue(value),
      source: hold(sourceOf(value.storage!)),
    })),
    fetches: graph.outputs.map((value) => ({ name: graph.names.get(value)!, value: portValue(value) })),
    outputNames,
    results: results.map(sourced),
    updates: updates.map(({ variable, value }) => ({ variable, ...sourced(value) })),
  };
}

/** Type and shape alone: the value would keep its whole trace in memory. */
function portValue({ type, shape }: Value): Pick<Value, 'type' | 'shape'> {
  return { type, shape };
}

/** Captured memory is never written again. */
function hold(source: LeafSource): LeafSource {
  if (source.kind === 'captured') source.storage.shared = true;
  return source;
}
