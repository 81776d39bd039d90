// The options that the engine benchmarks share, from the command line.

import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';

import { type ModelName, modelNames } from './model-sizes';

const { values } = parseArgs({
  options: {
    model: { type: 'string', default: 'small,base' },
    threads: { type: 'string', default: String(availableParallelism()) },
    rounds: { type: 'string', default: '5' },
    cases: { type: 'string', default: 'compiled,traced' },
    peers: { type: 'string', default: 'torch-eager,torch-compile,jax-jit,tfjs-wasm,tfjs-cpu' },
    python: { type: 'string', default: 'python3' },
  },
  allowPositionals: true, // the benchmark's name, which run.ts reads
});

export interface EngineOptions {
  /** `--model small,base`. */
  models: ModelName[];
  /** `--threads N`, for every contestant. Default: one per core. */
  threads: number;
  /** `--rounds N`: how often every contestant runs, each time in a new process. */
  rounds: number;
  /** `--cases compiled,traced`: what of ours is measured. */
  cases: string[];
  /** `--peers torch-eager,…`; also known: torch-eager-foreach, torch-compile-max. */
  peers: string[];
  /** `--python python3`: an interpreter with torch, numpy and jax[cpu], or with some of them. */
  python: string;
}

export function engineOptions(): EngineOptions {
  const models = values.model.split(',');
  const unknown = models.find((name) => !(modelNames as readonly string[]).includes(name));
  if (unknown !== undefined) throw new Error(`bench: --model must be of ${modelNames.join(', ')}, got ${unknown}`);
  return {
    models: models as ModelName[],
    threads: positiveInteger('--threads', values.threads),
    rounds: positiveInteger('--rounds', values.rounds),
    cases: list(values.cases),
    peers: list(values.peers),
    python: values.python,
  };
}

function list(names: string): string[] {
  return names.split(',').filter((name) => name.length > 0);
}

function positiveInteger(option: string, text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new Error(`bench: ${option} must be a positive integer, got ${text}`);
}
