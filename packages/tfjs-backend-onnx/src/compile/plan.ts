// A traced step, ready to run again and again.

import type { Variable } from '@tensorflow/tfjs-core';

import { encodeModel } from '../graph/encode-model';
import type { Value } from '../graph/value';
import type { OnnxBackend } from '../onnx-backend';
import type { RuntimeSession, RuntimeTensor } from '../runtime/onnx-runtime';
import type { Assignment } from './assignment';
import { findHazards } from './hazards';
import type { LeafSource, StepTrace } from './trace-step';

/** Type, shape and place in memory. The value itself would keep its whole trace alive. */
export type Extent = Pick<Value, 'type' | 'shape' | 'offset'>;

/** A tensor the step hands back: a result of the graph, or one of its leaves. */
export type ResultSource =
  | { kind: 'fetch'; name: string; extent: Extent }
  | { kind: 'leaf'; source: LeafSource; extent: Extent };

/** A variable whose new value the graph writes straight into memory, piece by piece. */
export interface DirectUpdate {
  variable: Variable;
  extent: Extent;
  parts: readonly { name: string; extent: Extent }[];
  /** Whether that memory may be the old value's. */
  overwrites: boolean;
}

export interface Plan {
  session: RuntimeSession;
  feeds: readonly { name: string; extent: Extent; source: LeafSource }[];
  outputNames: readonly string[];
  results: readonly ResultSource[];
  directUpdates: readonly DirectUpdate[];
  /** Variables that get a tensor handed through, or one that is used elsewhere too. */
  otherUpdates: readonly { variable: Variable; source: ResultSource }[];
  /** Tensors of the last replay, by name. Most of them serve the next one again. */
  bound: Map<string, RuntimeTensor>;
}

export function createPlan(backend: OnnxBackend, trace: StepTrace): Plan {
  const { graph, sourceOf, outputNames, results, assignments } = trace;
  const sourced = (value: Value): ResultSource => {
    const extent = extentOf(value);
    if (value.node !== undefined) return { kind: 'fetch', name: graph.names.get(value)!, extent };
    return { kind: 'leaf', source: hold(sourceOf(value.storage!)), extent };
  };
  const fixed = readAfterwards(trace);
  return {
    session: backend.runner.createSession(encodeModel(graph), graph),
    feeds: graph.feeds.map((value, index) => ({
      name: `i${index}`,
      extent: extentOf(value),
      source: hold(sourceOf(value.storage!)),
    })),
    outputNames,
    results: results.map(sourced),
    directUpdates: assignments.flatMap(({ variable, value, parts }) => {
      if (parts === undefined) return [];
      const pieces = parts.map((part) => ({
        name: graph.names.get(part.value)!,
        extent: { ...extentOf(part.value), offset: part.offset },
      }));
      return [{ variable, extent: extentOf(value), parts: pieces, overwrites: !fixed.has(variable) }];
    }),
    otherUpdates: assignments
      .filter(({ parts }) => parts === undefined)
      .map(({ variable, value }) => ({ variable, source: sourced(value) })),
    bound: new Map(),
  };
}

/** Variables whose old value is still needed when the new one is written. */
function readAfterwards({ graph, variableOf, results, assignments }: StepTrace): Set<Variable | undefined> {
  const hazards = findHazards(graph.nodes, assignments, variableOf);
  const handedThrough = [...results, ...assignments.map(({ value }: Assignment) => value)];
  return new Set([
    ...hazards.map(({ assignment }) => assignment.variable),
    ...handedThrough.map(({ storage }) => (storage === undefined ? undefined : variableOf(storage))),
  ]);
}

function extentOf({ type, shape, offset }: Value): Extent {
  return { type, shape, offset };
}

/** Captured memory is never written again. */
function hold(source: LeafSource): LeafSource {
  if (source.kind === 'captured') source.storage.shared = true;
  return source;
}
