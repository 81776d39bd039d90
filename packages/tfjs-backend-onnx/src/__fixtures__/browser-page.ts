// The program of a page: trains on ONNX Runtime in the browser and posts to the server what came of it. Bundled by the test.

import * as tf from '@tensorflow/tfjs-core';

import { compile, device, type OnnxProvider, registerOnnxBackend } from '@semmae/tfjs-backend-onnx';

import { fitLayersModel, trainMaskedAutoencoder, trainPerceptron, type TrainingRun } from './training-runs';

/** What the page answers. */
export interface PageReport {
  isIsolated: boolean;
  /** By provider: the runs, or the message of the error that kept it from starting. */
  runs: Record<string, TrainingRun[] | string>;
  /** What `dataSync()` says before and gives after the tensor was awaited. */
  early: string;
  late: number;
}

declare const crossOriginIsolated: boolean;
declare const location: { search: string };

const steps = Number(new URLSearchParams(location.search).get('steps'));

async function trainOn(provider: OnnxProvider): Promise<TrainingRun[] | string> {
  try {
    await registerOnnxBackend({ name: provider, provider });
  } catch (error) {
    return String(error);
  }
  await tf.setBackend(provider);
  if (device()?.provider !== provider) throw new Error(`internal: tfjs runs on ${tf.getBackend()}`);
  const run = await trainPerceptron(compile, steps);
  if (provider === 'webgpu') return [run]; // a software device takes many seconds to compile the shaders of more
  return [run, await trainMaskedAutoencoder(compile, steps), await fitLayersModel(1)];
}

async function reads(): Promise<{ early: string; late: number }> {
  const sum = tf.sum(tf.tensor1d([1, 2, 3]));
  let early = 'nothing';
  try {
    sum.dataSync();
  } catch (error) {
    early = String(error);
  }
  await sum.data();
  return { early, late: sum.dataSync()[0]! };
}

async function report(): Promise<PageReport> {
  const wasm = await trainOn('wasm');
  const read = await reads();
  return { isIsolated: crossOriginIsolated, ...read, runs: { wasm, webgpu: await trainOn('webgpu') } };
}

const answer = await report().catch((error: unknown) => ({ error: String((error as Error).stack ?? error) }));
await fetch('/answer', { method: 'POST', body: JSON.stringify(answer) });
