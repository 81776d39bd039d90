// Runs a plan: looks up what it reads, runs the session, stores what it assigns.

import { engine, type Tensor } from '@tensorflow/tfjs-core';

import { dataValue, type Storage, sizeOf, storedValue, type Value } from '../graph/value';
import type { OnnxBackend } from '../onnx-backend';
import { OnnxBackendError } from '../onnx-backend-error';
import type { RuntimeTensor } from '../runtime/onnx-runtime';
import type { Plan, Port, ResultSource } from './plan';
import { type LeafSource, setOwnValue } from './trace-step';

/** New tensors with the results of the plan on `inputs`; variables are updated. */
export function replay(backend: OnnxBackend, plan: Plan, inputs: readonly Tensor[]): Tensor[] {
  backend.flush(); // whatever waits for the variables' present values gets them now
  const storageOf = (source: LeafSource) => leafStorage(backend, source, inputs);

  const feeds: Record<string, RuntimeTensor> = {};
  for (const { name, value, source } of plan.feeds)
    feeds[name] = backend.runtime.tensor(value.type, storageOf(source).data!, value.shape);
  const fetched = plan.fetches.map(({ value }) =>
    dataValue(value.type, value.shape, backend.buffers.take(value.type, sizeOf(value.shape))),
  );
  const fetches: Record<string, RuntimeTensor> = {};
  plan.fetches.forEach(({ name, value }, index) => {
    fetches[name] = backend.runtime.tensor(value.type, fetched[index]!.storage!.data!, value.shape);
  });
  if (plan.fetches.length > 0) backend.execute(plan.session, feeds, fetches);

  const taken = new Set<Storage>();
  const resolve = (result: ResultSource & Port): Value => {
    const value =
      result.kind === 'fetch' ? fetched[result.index]! : storedValue(storageOf(result.source), result.value.shape);
    const storage = value.storage!;
    if (result.kind === 'leaf' || taken.has(storage)) storage.shared = true;
    taken.add(storage);
    return value;
  };
  const results = plan.results.map((result) => engine().makeTensorFromTensorInfo(backend.tensorOf(resolve(result))));
  const values = plan.updates.map(resolve); // all looked up before the first variable changes
  plan.updates.forEach(({ variable }, index) => {
    const isOwn = backend.refCount(variable.dataId) === 1;
    const old = backend.valueFor(variable).storage;
    setOwnValue(backend, variable, values[index]!);
    // Memory that only the variable could see becomes an output of the next run; never of the run that reads it.
    if (isOwn && old?.data !== undefined && !old.shared && !old.literal) backend.buffers.give(old.type, old.data);
  });
  return results;
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
