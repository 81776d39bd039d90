// One MAE training step (75 % masked, AdamW) on each tfjs backend: `small` is 64 px, patch 8, width 192, 6 + 2 blocks, 3 heads;
// `base` is ViT-B/16 at 224 px with MAE's decoder of 8 blocks of 512.
// Prints one JSON line a case: images per second, the median over steps after warm-up, and the ratio to the tfjs CPU backend.
// Options: --model small, --batch 64 (8), --steps 15, --threads N, --cases cpu,wasm,traced,compiled

import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';

import { createPatchGrid, createRng } from '@semmae/core';
import { maskBatch, randomMasking } from '@semmae/masking';
import { compile, registerOnnxBackend } from '@semmae/tfjs-backend-onnx';
import { adamW, type Compile, maeObjective, maskedImageBatch, runDirectly, trainStep } from '@semmae/train';
import { MAEDecoder, ViTEncoder } from '@semmae/vit';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';

const { values: options } = parseArgs({
  options: {
    model: { type: 'string', default: 'small' },
    batch: { type: 'string' },
    steps: { type: 'string', default: '15' },
    threads: { type: 'string' },
    cases: { type: 'string', default: 'cpu,wasm,traced,compiled' },
  },
  args: process.argv
    .slice(2)
    .filter((argument, index, all) => argument.startsWith('--') || all[index - 1]?.startsWith('--')),
});
const isBase = options.model === 'base';
const batchSize = Number(options.batch ?? (isBase ? 8 : 64));
const imageSize = isBase ? 224 : 64;
const patchSize = isBase ? 16 : 8;
const encoderSize = isBase ? { width: 768, depth: 12, heads: 12 } : { width: 192, depth: 6, heads: 3 };
const decoderSize = isBase ? { width: 512, depth: 8, heads: 16 } : { width: 192, depth: 2, heads: 3 };
const steps = Number(options.steps);

interface Case {
  backend: string;
  compile: Compile;
  /** Steps timed; slow backends get few. */
  steps: number;
}

const cases: Record<string, Case> = {
  cpu: { backend: 'cpu', compile: runDirectly, steps: 1 },
  wasm: { backend: 'wasm', compile: runDirectly, steps: 2 },
  traced: { backend: 'onnx', compile: runDirectly, steps },
  compiled: { backend: 'onnx', compile, steps },
};

await registerOnnxBackend({ threads: options.threads === undefined ? undefined : Number(options.threads) });
let peerValue: number | undefined;
for (const name of options.cases.split(',')) {
  const result = await measure(cases[name]!);
  if (typeof result === 'string') {
    console.log(
      JSON.stringify({ bench: `engine-mae-${options.model}/${name}`, value: null, unit: 'images/s', error: result }),
    );
    continue;
  }
  if (name === 'cpu') peerValue = result.value;
  const ratio = peerValue === undefined ? null : result.value / peerValue;
  console.log(
    JSON.stringify({
      bench: `engine-mae-${options.model}/${name}`,
      value: result.value,
      unit: 'images/s',
      peer: 'tfjs CPU backend',
      peerValue: peerValue ?? null,
      ratio,
      spread: result.spread,
      firstStepSeconds: result.firstStepSeconds,
      losses: result.losses,
      residentMegabytes: Math.round(process.memoryUsage().rss / 2 ** 20),
    }),
  );
}

/** Median images per second, or the message of the error that stopped the step. */
async function measure({
  backend,
  compile,
  steps,
}: Case): Promise<string | { value: number; spread: number; firstStepSeconds: number; losses: number[] }> {
  await tf.setBackend(backend);
  try {
    const encoder = new ViTEncoder({
      imageHeight: imageSize,
      imageWidth: imageSize,
      patchSize,
      ...encoderSize,
      seed: 1,
    });
    const decoder = new MAEDecoder({
      grid: encoder.grid,
      patchSize,
      encoderWidth: encoderSize.width,
      ...decoderSize,
      seed: 2,
    });
    const objective = maeObjective({ encoder, decoder });
    const rng = createRng(3);
    const pixels = Float32Array.from({ length: batchSize * imageSize * imageSize * 3 }, () => rng.normal());
    const masking = randomMasking({ maskRatio: 0.75 });
    const grid = createPatchGrid(encoder.grid.rows, encoder.grid.columns);
    const batch = maskedImageBatch(
      tf.tensor4d(pixels, [batchSize, imageSize, imageSize, 3]),
      maskBatch(Array.from({ length: batchSize }, () => masking.sample({ grid, progress: 0 }, rng))),
    );
    tf.tidy(() => objective.loss(batch));
    const optimizer = adamW({ variables: objective.variables() });
    const step = trainStep({ objective, optimizer, compile });
    const seconds: number[] = [];
    const losses: number[] = [];
    for (let index = 0; index < steps + 3; index++) {
      if (backend !== 'onnx' && index === steps) break; // no graphs to compile: no warm-up
      const start = performance.now();
      const metrics = step(batch, { learningRate: 1e-3, step: index + 1 });
      losses.push(metrics.loss.dataSync()[0]!);
      tf.dispose(metrics);
      seconds.push((performance.now() - start) / 1000);
    }
    const timed = seconds.slice(-steps).sort((a, b) => a - b);
    const median = timed[Math.floor(timed.length / 2)]!;
    const spread = (timed.at(-1)! - timed[0]!) / median;
    optimizer.dispose();
    tf.dispose([...objective.variables(), batch.images, batch.visible, batch.masked]);
    return {
      value: round(batchSize / median),
      spread: round(spread),
      firstStepSeconds: round(seconds[0]!),
      losses: losses.slice(0, 5),
    };
  } catch (error) {
    return error instanceof Error ? error.message.split('\n')[0]! : String(error);
  }
}

function round(value: number): number {
  return Number(value.toPrecision(4));
}
