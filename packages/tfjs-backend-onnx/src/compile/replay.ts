// Runs a plan: looks up what it reads, lets the session write what it assigns.

import { engine, type Tensor, type Variable } from '@tensorflow/tfjs-core';

import type { ElementArray } from '../graph/element-type';
import { dataValue, elementsAt, type Storage, sizeOf, storedValue, type Value } from '../graph/value';
import type { GraphRunner } from '../graph-runner';
import type { OnnxBackend } from '../onnx-backend';
import { OnnxBackendError } from '../onnx-backend-error';
import type { RuntimeTensor } from '../runtime/onnx-runtime';
import type { DirectUpdate, Extent, Plan, ResultSource } from './plan';
import { type LeafSource, setOwnValue } from './trace-step';

/** Memory for a variable's new value. */
interface Target {
  update: DirectUpdate;
  data: ElementArray;
  /** Whether that is where the old value lies. */
  isOverwritten: boolean;
}

/** New tensors with the results of the plan on `inputs`; variables are updated. */
export function replay(backend: OnnxBackend, plan: Plan, inputs: readonly Tensor[]): Tensor[] {
  backend.flush(); // computes what still needs the variables' present values
  const storageOf = (source: LeafSource) => leafStorage(backend, source, inputs);
  const inputStorages = new Set(inputs.map((input) => backend.valueFor(input).storage));
  const targets = plan.directUpdates.map((update) => chooseTarget(backend, update, inputStorages));

  const feeds: Record<string, RuntimeTensor> = {};
  for (const { name, extent, source } of plan.feeds)
    feeds[name] = bind(backend.runner, plan, { name, extent }, storageOf(source).data!);
  const fetches: Record<string, RuntimeTensor> = {};
  for (const { update, data } of targets) {
    for (const part of update.parts) fetches[part.name] = bind(backend.runner, plan, part, data);
  }
  const fetched = new Map<string, Value>();
  for (const source of [...plan.results, ...plan.otherUpdates.map((update) => update.source)]) {
    if (source.kind === 'leaf' || fetched.has(source.name)) continue;
    const { type, shape } = source.extent;
    const value = dataValue(type, shape, backend.buffers.take(type, sizeOf(shape)));
    fetched.set(source.name, value);
    fetches[source.name] = backend.runner.runtime.tensor(type, value.storage!.data!, shape);
  }
  if (Object.keys(fetches).length > 0) backend.runner.execute(plan.session, feeds, fetches);

  const taken = new Set<Storage>();
  const resolve = (source: ResultSource): Value => {
    const value =
      source.kind === 'fetch'
        ? fetched.get(source.name)!
        : storedValue(storageOf(source.source), source.extent.shape, source.extent.offset);
    const storage = value.storage!;
    if (source.kind === 'leaf' || taken.has(storage)) storage.shared = true;
    taken.add(storage);
    return value;
  };
  const results = plan.results.map((source) => engine().makeTensorFromTensorInfo(backend.tensorOf(resolve(source))));
  const otherValues = plan.otherUpdates.map(({ source }) => resolve(source)); // all looked up before the first variable changes
  const replace = (variable: Variable, value: Value) => {
    const old = exclusiveStorage(backend, variable, inputStorages);
    setOwnValue(backend, variable, value);
    // This memory may become an output of the next run, never of the run that reads it.
    if (old !== undefined) backend.buffers.give(old.type, old.data!);
  };
  plan.otherUpdates.forEach(({ variable }, index) => {
    replace(variable, otherValues[index]!);
  });
  for (const { update, data, isOverwritten } of targets)
    if (!isOverwritten) replace(update.variable, dataValue(update.extent.type, update.extent.shape, data));
  return results;
}

function chooseTarget(
  backend: OnnxBackend,
  update: DirectUpdate,
  inputStorages: ReadonlySet<Storage | undefined>,
): Target {
  const { variable, extent } = update;
  if (variable.isDisposed) throw disposedVariable(variable.name);
  const old = update.overwrites ? exclusiveStorage(backend, variable, inputStorages) : undefined;
  return {
    update,
    data: old?.data ?? backend.buffers.take(extent.type, sizeOf(extent.shape)),
    isOverwritten: old !== undefined,
  };
}

/** The memory of a variable, if nobody else can see it. */
function exclusiveStorage(
  backend: OnnxBackend,
  variable: Variable,
  inputStorages: ReadonlySet<Storage | undefined>,
): Storage | undefined {
  const { storage } = backend.valueFor(variable);
  if (storage?.data?.length !== variable.size || storage.shared || storage.literal) return undefined;
  return backend.refCount(variable.dataId) === 1 && !inputStorages.has(storage) ? storage : undefined;
}

/** A runtime tensor over part of `data`: that of the last replay if the memory is the same. */
function bind(
  { runtime }: GraphRunner,
  { bound }: Plan,
  { name, extent }: { name: string; extent: Extent },
  data: ElementArray,
): RuntimeTensor {
  const known = bound.get(name)?.data;
  const byteOffset = data.byteOffset + extent.offset * data.BYTES_PER_ELEMENT;
  if (known?.buffer === data.buffer && known.byteOffset === byteOffset) return bound.get(name)!;
  const tensor = runtime.tensor(extent.type, elementsAt(data, extent.offset, sizeOf(extent.shape)), extent.shape);
  bound.set(name, tensor);
  return tensor;
}

function leafStorage(backend: OnnxBackend, source: LeafSource, inputs: readonly Tensor[]): Storage {
  switch (source.kind) {
    case 'captured':
      return source.storage;
    case 'input':
      return backend.valueFor(inputs[source.index]!).storage!;
    case 'variable':
      if (source.variable.isDisposed) throw disposedVariable(source.variable.name);
      return backend.valueFor(source.variable).storage!;
    default:
      return source satisfies never;
  }
}

function disposedVariable(name: string): OnnxBackendError {
  return new OnnxBackendError({
    where: 'compile',
    requirement: 'variables of a compiled step must be alive',
    got: `the disposed variable ${name}`,
    remedy: 'compile the step again after replacing the variable',
  });
}
