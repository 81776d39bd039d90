// Who takes part in the MAE step: our engine in its two ways, the other tfjs backends, PyTorch and JAX.

import { fileURLToPath } from 'node:url';

import type { Contestant } from './contestant';
import type { ModelName, ModelSize } from './model-sizes';
import { modelSizes } from './model-sizes';

export interface MAEContestantOptions {
  model: ModelName;
  threads: number;
  python: string;
  /** Folder of `writeStart`, for the Python peers. */
  start?: string;
  /** Other than the model's own. */
  counts?: Pick<ModelSize, 'warmUp' | 'steps'>;
}

type MakeContestant = (options: MAEContestantOptions) => Omit<Contestant, 'name'>;

const contestants: Record<string, MakeContestant> = {
  compiled: tfjs('--backend=onnx', '--compile'),
  traced: tfjs('--backend=onnx'),
  'torch-eager': python('engine_mae.py', 'eager'),
  'torch-eager-foreach': python('engine_mae.py', 'eager-foreach'),
  'torch-compile': python('engine_mae.py', 'compile'),
  'torch-compile-max': python('engine_mae.py', 'compile-max'),
  'jax-jit': python('engine_mae_jax.py', 'jit'),
  'tfjs-wasm': slow(tfjs('--backend=wasm'), 2),
  'tfjs-cpu': slow(tfjs('--backend=cpu'), 1),
};

export function maeContestant(name: string, options: MAEContestantOptions): Contestant {
  const make = contestants[name];
  if (make === undefined) throw new Error(`bench: contestants are ${Object.keys(contestants).join(', ')}, got ${name}`);
  return { name, ...make(options) };
}

/** Our own worker with further arguments, run from its TypeScript source as this process is. */
export function worker(file: string, ...list: string[]): Omit<Contestant, 'name'> {
  const path = fileURLToPath(new URL(file, import.meta.url));
  const flags = ['--conditions=@semmae/source', '--import', import.meta.resolve('tsx'), '--expose-gc'];
  return { command: process.execPath, arguments: [...flags, path, ...list] };
}

/** Each library reads the number of its threads from another place. */
export function threadEnvironment(threads: number): Record<string, string> {
  const names = ['OMP_NUM_THREADS', 'MKL_NUM_THREADS', 'OPENBLAS_NUM_THREADS', 'NPROC'];
  return Object.fromEntries(names.map((name) => [name, String(threads)]));
}

export function peerPath(file: string): string {
  return fileURLToPath(new URL(`../peers/${file}`, import.meta.url));
}

function tfjs(...list: string[]): MakeContestant {
  return (options) => worker('mae-worker.ts', ...common(options), ...list);
}

function python(file: string, mode: string): MakeContestant {
  return (options) => ({
    command: options.python,
    arguments: [
      peerPath(file),
      `--mode=${mode}`,
      ...common(options),
      ...(options.start === undefined ? [] : [`--start=${options.start}`]),
    ],
    environment: threadEnvironment(options.threads),
  });
}

/** A backend that takes a minute for a step, and has nothing to warm up: a few steps, in the first round only. */
function slow(make: MakeContestant, steps: number): MakeContestant {
  return (options) => ({ ...make({ ...options, counts: { warmUp: 0, steps } }), rounds: 1 });
}

function common({ model, threads, counts = modelSizes[model] }: MAEContestantOptions): string[] {
  return [`--model=${model}`, `--threads=${threads}`, `--warmup=${counts.warmUp}`, `--steps=${counts.steps}`];
}
