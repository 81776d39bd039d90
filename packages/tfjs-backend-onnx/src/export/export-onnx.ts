// Writes what a function computes as an ONNX file, for any other runtime.

import { dispose, type Tensor, tidy, type Variable, zeros } from '@tensorflow/tfjs-core';

import { assertSameTrace } from '../compile/compare-traces';
import { type FlatGroup, flattenGroup, type TensorGroup } from '../compile/tensor-group';
import { restoreVariables, type StepTrace, traceStep } from '../compile/trace-step';
import { currentOnnxBackend } from '../current-onnx-backend';
import { elementTypeOf } from '../graph/element-type';
import type { OnnxBackend } from '../onnx-backend';
import { OnnxBackendError } from '../onnx-backend-error';
import { buildModel } from './build-model';
import { cleanRewrites } from './clean-rewrites';
import { fixedBatch, freeBatch, tracedBatches } from './free-batch';
import { writeModel } from './write-model';

export interface ExportOnnxOptions {
  /** Bytes of weights from which on they go into a file of their own, `<path>.data`. Default 1.5e9: a model file ends at 2 GB. */
  externalDataFrom?: number;
  /** Whether the first axis of every input is a batch of any size. Default: all sizes are those of the examples. */
  freeBatch?: boolean;
  /** Names of variables in the file. Default: their own. */
  variableName?: (variable: Variable) => string;
  /** Texts about the model that go into the file, by key. */
  metadata?: Readonly<Record<string, string>>;
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
 * `inputs` are examples: their names, dtypes and shapes are those of the model. The batch size is too, unless `freeBatch` says
 * otherwise: then `compute` is traced on batches of two sizes, and every size that differs is computed from the batch at hand.
 * A lone tensor is called 'input', a lone result 'output'. `compute` runs once and is traced twice; it must be deterministic, must
 * not read tensors and must not assign variables.
 *
 * Throws an OnnxBackendError where it does, and where the file cannot be written; an older file is then still whole.
 */
export function exportOnnx<Inputs extends TensorGroup>(
  compute: (inputs: Inputs) => TensorGroup,
  inputs: Inputs,
  path: string,
  {
    externalDataFrom = 1.5e9,
    freeBatch: isFree = false,
    variableName = ({ name }) => name,
    metadata = {},
  }: ExportOnnxOptions = {},
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
  dispose(tidy(() => step(inputs) as Record<string, never>)); // so that layers that are not built create their weights
  const sizes = isFree ? tracedBatches : [undefined, undefined];
  const [trace, second] = sizes.map((size) => traceOnce(current, step, group, size)) as [StepTrace, StepTrace];
  if (!isFree) assertSameTrace(trace, second);
  const inputNames = group.names.map((name) => name || 'input');
  const outputNames = trace.outputNames.map((name) => name || 'output');
  const clash = outputNames.find((name) => inputNames.includes(name));
  if (clash !== undefined) throw refused('inputs and results must have different names', clash, 'rename one');
  const specs = group.tensors.map(({ dtype, shape }) => ({
    type: elementTypeOf('exportOnnx', dtype),
    shape: isFree ? [{ perImage: 1 }, ...shape.slice(1)] : shape,
  }));
  const names = { inputs: inputNames, outputs: outputNames, variableName };
  const model = buildModel(trace, isFree ? freeBatch(trace, second) : fixedBatch(trace), specs, names, metadata);
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

/** @param batchSize The first axis of every input. Default: that of the examples. */
function traceOnce(
  backend: OnnxBackend,
  step: (...groups: TensorGroup[]) => TensorGroup,
  { names, tensors }: FlatGroup,
  batchSize: number | undefined,
): StepTrace {
  const examples = batchSize === undefined ? tensors : tensors.map((tensor) => ofBatch(tensor, batchSize));
  const smallestUniform = batchSize === undefined ? undefined : 2; // an expansion can follow the batch, a stored constant cannot
  let trace: StepTrace;
  try {
    const options = { smallestUniform, rewrites: cleanRewrites };
    trace = traceStep(backend, step, [{ names, tensors: examples }], options);
  } finally {
    if (batchSize !== undefined) dispose([...examples]);
  }
  const changed = [...trace.created, ...assignedVariables(backend, trace)];
  restoreVariables(backend, trace);
  if (changed.length === 0) return trace;
  const wanted = changed.map(({ name }) => name).join(', ');
  throw refused('the function must not make or assign variables', wanted, 'export the forward pass alone');
}

function ofBatch({ shape, dtype }: Tensor, batchSize: number): Tensor {
  if (shape.length > 0) return zeros([batchSize, ...shape.slice(1)], dtype);
  throw refused(
    'with freeBatch, every input must have a batch axis',
    'a scalar',
    'capture it, or export without freeBatch',
  );
}

/** Variables that no longer hold what the trace gave them. */
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
