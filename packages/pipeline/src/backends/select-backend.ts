// From `backend` to a running tfjs backend and the way to compile a step on it.

import { SemmaeError } from '@semmae/core';
import { compile, registerOnnxBackend } from '@semmae/tfjs-backend-onnx';
import type { Compile } from '@semmae/train';
import * as tf from '@tensorflow/tfjs-core';

import { forwardMissingKernels } from './forward-missing-kernels';

export const backendNames = ['cpu', 'webgpu', 'cuda', 'wasm', 'tensorflow'] as const;
export type BackendName = (typeof backendNames)[number];

export interface SelectedBackend {
  /** What runs, for the report: "ONNX Runtime, cpu". */
  description: string;
  compile: Compile;
}

/** Registers and selects a backend: ONNX Runtime with the cpu, webgpu or cuda provider, tfjs's wasm backend, or tfjs-node where it is installed. */
export async function selectBackend(
  name: BackendName,
  { threads }: { threads?: number } = {},
): Promise<SelectedBackend> {
  assertThreads(name, threads);
  switch (name) {
    case 'cpu':
    case 'webgpu':
    case 'cuda':
      await registerOnnxBackend({ provider: name, threads });
      await activate('onnx', name);
      return { description: `ONNX Runtime, ${name} provider`, compile };
    case 'wasm':
      await importFirst(['@tensorflow/tfjs-backend-wasm'], name);
      await import('@tensorflow/tfjs-backend-cpu');
      await activate('wasm', name);
      forwardMissingKernels('wasm', 'cpu'); // it has no gradient of convolution filters, which part learning needs
      return { description: 'tfjs wasm backend', compile: (step) => step };
    case 'tensorflow':
      await importFirst(['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node'], name);
      await activate('tensorflow', name);
      return { description: 'tfjs-node (libtensorflow)', compile: (step) => step };
    default:
      return name satisfies never;
  }
}

function assertThreads(name: BackendName, threads: number | undefined): void {
  if (threads === undefined || name === 'cpu') return;
  throw new SemmaeError({
    where: 'selectBackend',
    requirement: 'threads must be left to backends other than cpu',
    got: `${threads} for ${name}`,
  });
}

async function activate(tfjsName: string, name: BackendName): Promise<void> {
  if (await tf.setBackend(tfjsName)) return;
  throw new SemmaeError({
    where: '`backend`',
    requirement: `${name} must be able to start`,
    got: 'a backend that failed to initialize',
    remedy: 'use `backend` cpu',
  });
}

async function importFirst(modules: readonly string[], name: BackendName): Promise<void> {
  const failures: string[] = [];
  for (const module of modules) {
    try {
      await import(module);
      return;
    } catch (error) {
      failures.push(`${module}: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`);
    }
  }
  throw new SemmaeError({
    where: '`backend`',
    requirement: `${name} needs ${modules.join(' or ')}`,
    got: failures.join('; '),
    remedy: `npm install ${modules.at(-1)}, or use \`backend\` cpu`,
  });
}
