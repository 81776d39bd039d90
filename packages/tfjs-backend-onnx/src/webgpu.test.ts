import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import * as tf from '@tensorflow/tfjs-core';
import { expect, it, type TestContext } from 'vitest';

import './__fixtures__/on-both-backends';
import { softwareVulkanEnvironment } from './__fixtures__/software-vulkan';
import { fitLayersModel, trainMaskedAutoencoder, trainPerceptron } from './__fixtures__/training-runs';
import { compile } from './compile/compile';

const program = fileURLToPath(new URL('./__fixtures__/print-training-runs.ts', import.meta.url));

it('trains on WebGPU with the losses of the CPU', async (context) => {
  const actual = await lossesOnWebGpu(context);
  await tf.setBackend('onnx');
  const expected = [
    (await trainPerceptron(compile, 5)).losses,
    (await trainMaskedAutoencoder(compile, 5)).losses,
    (await fitLayersModel(1)).losses,
  ];
  expect(actual.map(({ length }) => length)).toEqual([5, 5, 2]);
  // float32 sums in another order, over five steps of Adam
  actual.flat().forEach((loss, index) => {
    expect(Math.abs(loss - expected.flat()[index]!)).toBeLessThan(1e-4);
  });
}, 60_000); // a software driver on a busy machine

/** On this machine's own GPU, else on a software driver; skips where neither starts. */
async function lossesOnWebGpu(context: TestContext): Promise<number[][]> {
  const reasons: string[] = [];
  for (const environment of [{}, softwareVulkanEnvironment()]) {
    if (environment === undefined) {
      reasons.push('no software Vulkan driver is installed (chromium and mesa-vulkan-drivers bring one)');
      continue;
    }
    try {
      const { stdout } = await promisify(execFile)(
        process.execPath,
        ['--import', 'tsx', '--conditions=@semmae/source', program, 'webgpu'],
        { env: { ...process.env, ...environment }, cwd: fileURLToPath(new URL('.', import.meta.url)) },
      );
      return (JSON.parse(stdout.trim().split('\n').at(-1)!) as { losses: number[][] }).losses;
    } catch (error) {
      const { code, stderr } = error as { code?: number; stderr?: string };
      if (code !== 3) throw error;
      reasons.push(stderr!.split('\n').find((line) => line.startsWith('OnnxBackendError'))!);
    }
  }
  console.warn(`skipped: WebGPU does not start here: ${reasons.join(' | ')}`);
  return context.skip('WebGPU does not start here');
}
