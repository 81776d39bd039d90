// One symbolic run of a step: inputs and variables are placeholders, nothing is computed.

import { clone, engine, type Tensor, tidy, type Variable } from '@tensorflow/tfjs-core';

import { type CollectedGraph, collectGraph, fastRewrites } from '../graph/collect-graph';
import { elementTypeOf } from '../graph/element-type';
import type { Rewrite } from '../graph/rewrite';
import { placeholderValue, type Storage, type Value } from '../graph/value';
import type { OnnxBackend } from '../onnx-backend';
import { type Assignment, assignedValues, createAssignments, type VariableUpdate } from './assignment';
import { gateUpdates } from './gate-updates';
import type { VariableOf } from './hazards';
import { buildGroup, type FlatGroup, flattenGroup, type TensorGroup } from './tensor-group';

/** Where a leaf of the traced graph gets its contents from at each replay. */
export type LeafSource =
  | { kind: 'input'; index: number }
  | { kind: 'variable'; variable: Variable }
  | { kind: 'captured'; storage: Storage };

export interface StepTrace {
  graph: CollectedGraph;
  sourceOf(storage: Storage): LeafSource;
  variableOf: VariableOf;
  outputNames: readonly string[];
  /** Values of the returned tensors: computed by the graph, or leaves handed through. */
  results: readonly Value[];
  assignments: readonly Assignment[];
  /** Variables that came into being during the trace. */
  created: readonly Variable[];
  /** Values the variables had before. */
  before: ReadonlyMap<Variable, Value>;
}

export interface TraceOptions {
  /** From so many elements on, a tensor of one value that the host writes becomes a broadcast. Default 64. */
  smallestUniform?: number;
  /** Rewrites of the graph. Default: those that make it run faster here. */
  rewrites?: readonly Rewrite[];
}

/** Traces `step`. Leaves the variables holding traced values: follow with `restoreVariables`. */
export function traceStep(
  backend: OnnxBackend,
  step: (...inputs: TensorGroup[]) => TensorGroup,
  inputs: readonly FlatGroup[],
  { smallestUniform = 64, rewrites = fastRewrites }: TraceOptions = {},
): StepTrace {
  backend.flush();
  const before = new Map<Variable, Value>();
  const placeholders = new Map<Variable, Value>();
  const sources = new Map<Storage, LeafSource>();
  for (const variable of registeredVariables()) {
    if (variable.dtype === 'string' || variable.dtype === 'complex64') continue;
    const value = backend.valueFor(variable); // moves it here from another backend
    // The other tensor keeps this memory when setOwnValue separates the two below.
    if (backend.refCount(variable.dataId) > 1) value.storage!.shared = true;
    before.set(variable, value);
    const placeholder = placeholderFor(variable);
    sources.set(placeholder.storage!, { kind: 'variable', variable });
    setOwnValue(backend, variable, placeholder);
    placeholders.set(variable, placeholder);
  }
  const written = new Set<Storage>();
  backend.trace = { written, smallestUniform };
  try {
    let outputNames: readonly string[] = [];
    const tensors = tidy(() => {
      const output = flattenGroup(step(...placeholderGroups(backend, inputs, sources)));
      outputNames = output.names;
      return output.tensors.map((tensor) => clone(tensor)); // the step may return a tensor it does not own
    });
    const results = tensors.map((tensor) => backend.valueFor(tensor));
    for (const tensor of tensors) tensor.dispose();
    const { updates, created } = variableChanges(backend, placeholders);
    const assignments = createAssignments(updates, results);
    const computed = results.filter(({ node }) => node !== undefined);
    const outputs = new Set([...computed, ...assignedValues(assignments)]);
    const variableOf: VariableOf = (storage) => {
      const source = sources.get(storage);
      return source?.kind === 'variable' ? source.variable : undefined;
    };
    return {
      graph: collectGraph([...outputs], {
        isLiteral: (storage) => written.has(storage),
        rewrites: [gateUpdates(assignments, variableOf), ...rewrites],
      }),
      sourceOf: (storage) => sources.get(storage) ?? { kind: 'captured', storage },
      variableOf,
      outputNames,
      results,
      assignments,
      created,
      before,
    };
  } catch (error) {
    for (const [variable, value] of before) if (!variable.isDisposed) setOwnValue(backend, variable, value);
    throw error;
  } finally {
    backend.trace = undefined;
    backend.store.pending.clear();
  }
}

/** Gives the variables back the values they had before the trace. */
export function restoreVariables(backend: OnnxBackend, { before }: StepTrace): void {
  for (const [variable, value] of before) if (!variable.isDisposed) setOwnValue(backend, variable, value);
  backend.store.pending.clear();
}

/** Lets `variable`, and no other tensor that shares its data, stand for `value`. */
export function setOwnValue(backend: OnnxBackend, variable: Variable, value: Value): void {
  if (backend.refCount(variable.dataId) === 1) {
    backend.store.replaceValue(variable.dataId, value);
    return;
  }
  const own = engine().makeTensorFromTensorInfo(backend.tensorOf(value));
  variable.assign(own);
  own.dispose();
}

function registeredVariables(): Variable[] {
  return Object.values(engine().registeredVariables);
}

function placeholderFor({ dtype, shape }: Tensor): Value {
  return placeholderValue(elementTypeOf('compile', dtype), shape);
}

function placeholderGroups(
  backend: OnnxBackend,
  inputs: readonly FlatGroup[],
  sources: Map<Storage, LeafSource>,
): TensorGroup[] {
  let index = 0;
  return inputs.map(({ names, tensors }) => {
    const placeholders = tensors.map((tensor) => {
      const value = placeholderFor(tensor);
      sources.set(value.storage!, { kind: 'input', index: index++ });
      return engine().makeTensorFromTensorInfo(backend.tensorOf(value));
    });
    return buildGroup(names, placeholders);
  });
}

function variableChanges(
  backend: OnnxBackend,
  placeholders: ReadonlyMap<Variable, Value>,
): Pick<StepTrace, 'created'> & { updates: VariableUpdate[] } {
  const updates: VariableUpdate[] = [];
  const created: Variable[] = [];
  for (const variable of registeredVariables()) {
    const placeholder = placeholders.get(variable);
    const isNew = placeholder === undefined;
    if (variable.dtype === 'string' || variable.dtype === 'complex64') continue;
    const value = backend.valueFor(variable);
    if (isNew) created.push(variable);
    if (value !== placeholder) updates.push({ variable, value });
  }
  return { updates, created };
}
