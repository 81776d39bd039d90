// Writes what a function computes as an ONNX file, for any other runtime.

import { dispose, tidy, type Variable } from '@tensorflow/tfjs-core';

import { assertSameTrace } from '../compile/compare-traces';
import { flattenGroup, type TensorGroup } from '../compile/tensor-group';
import { restoreVariables, type StepTrace, traceStep } from '../compile/trace-step';
import { currentOnnxBackend } from '../current-onnx-backend';
import type { OnnxBackend } from '../onnx-backend';
import { OnnxBackendError } from '../onnx-backend-error';
import { buildModel } from './build-model';
import { writeModel } from './write-model';

export interface ExportOnnxOptions {
  /** Bytes of weights from which on they go into a file of their own, `<path>.data`. Default 1.5e9: a model file ends at 2 GB. */
  externalDataFrom?: number;
}

export interface ExportedModel {
  inputs: string[];
  outputs: string[];
  /** The file with the weights, where they are not in the model. */
  dataPath: string | undefined;
  /** Operators that only ONNX Runtime has, as 'com.microsoft.Name'; empty: any runtime with opset 21 runs the model. */
  customOperators: string[];
}

/**
 * Writes the graph that `compute` traces on `inputs` to `path`, in opset 21. Variables become initializers under their names.
 *
 * `inputs` are examples: their names, dtypes and shapes are those of the model, the batch size too (it is part of shapes inside
 * the graph). A lone tensor is called 'input', a lone result 'output'. `compute` runs once and is traced twice; it must be
 * deterministic, must not read tensors and must not assign variables.
 *
 * Throws an OnnxBackendError where it does, and where the file cannot be written; an older file is then still whole.
 */
export function exportOnnx<Inputs extends TensorGroup>(
  compute: (inputs: Inputs) => TensorGroup,
  inputs: Inputs,
  path: string,
  { externalDataFrom = 1.5e9 }: ExportOnnxOptions = {},
): ExportedModel {
  const current = currentOnnxBackend('exportOnnx');
  if (current === undefined)
    throw refused(
      'the current tfjs backend must be one of this package',
      'another one',
      "call tf.setBackend('onnx') first",
    );
  const group = flattenGroup(inputs);
  const step = compute as (...groups: TensorGroup[]) => TensorGroup;
  dispose(tidy(() => step(inputs) as Record<string, never>)); // layers that are not built make their weights now
  const trace = traceTwice(current, step, group);
  const inputNames = group.names.map((name) => name || 'input');
  const outputNames = trace.outputNames.map((name) => name || 'output');
  const clash = outputNames.find((name) => inputNames.includes(name));
  if (clash !== undefined) throw refused('inputs and results must have different names', clash, 'rename one');
  const model = buildModel(trace, group.tensors, inputNames, outputNames);
  try {
    const dataPath = writeModel(model, path, externalDataFrom);
    return { inputs: inputNames, outputs: outputNames, dataPath, customOperators: model.customOperators };
  } catch (cause) {
    throw refused(
      `${path} must be writable`,
      cause instanceof Error ? cause.message : String(cause),
      'make the folder or choose another',
      cause,
    );
  }
}

function traceTwice(
  backend: OnnxBackend,
  step: (...groups: TensorGroup[]) => TensorGroup,
  group: ReturnType<typeof flattenGroup>,
): StepTrace {
  const traces = [0, 1].map(() => {
    const trace = traceStep(backend, step, [group]);
    const changed = [...trace.created, ...assignedVariables(backend, trace)];
    restoreVariables(backend, trace);
    if (changed.length === 0) return trace;
    const names = changed.map(({ name }) => name).join(', ');
    throw refused('the function must not make or assign variables', names, 'export the forward pass alone');
  });
  const [first, second] = traces as [StepTrace, StepTrace];
  assertSameTrace(first, second);
  return first;
}

/** Those that no longer hold what the trace gave them. */
function assignedVariables(backend: OnnxBackend, { before, sourceOf }: StepTrace): Variable[] {
  return [...before.keys()].filter((variable) => {
    if (variable.isDisposed) return true;
    const { storage } = backend.valueFor(variable);
    const source = storage === undefined ? undefined : sourceOf(storage);
    return source?.kind !== 'variable' || source.variable !== variable;
  });
}

function refused(requirement: string, got: string, remedy: string, cause?: unknown): OnnxBackendError {
  return new OnnxBackendError({ where: 'exportOnnx', requirement, got, remedy, cause });
}
