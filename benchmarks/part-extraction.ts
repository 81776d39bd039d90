// Images/s from pixels in memory to a shard of part maps, beside the encoder's own forward pass on the same images in the same process:
// what everything around the encoder costs. The encoder of the recipe mae-small at 128 pixels, random weights, batches of 16.
// Options: --threads N --rounds 5

import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPatchGrid } from '@semmae/core';
import { type ImageDataset, normalizePixels, partDataset } from '@semmae/data';
import { partLearner } from '@semmae/parts';
import {
  createPredictor,
  type EncoderModel,
  extractParts,
  maskedImageRecipe,
  type PartsModel,
  type PredictorOptions,
} from '@semmae/pipeline';
import { compile, registerOnnxBackend } from '@semmae/tfjs-backend-onnx';
import { ViTEncoder } from '@semmae/vit';
import * as tf from '@tensorflow/tfjs-core';

import { engineOptions } from './engine/options';
import { median, relativeRange, rounded } from './engine/statistics';

const side = 128;
const batchSize = 16;
const imageCount = 4 * batchSize;

const { threads, rounds } = engineOptions();
await registerOnnxBackend({ threads });
await tf.setBackend('onnx');
const data = partDataset({ seed: 0, count: imageCount, height: side, width: side });
const encoder = randomEncoder();
const cases: { name: string; options: Omit<PredictorOptions, 'encoder'> }[] = [
  { name: 'learned', options: { method: 'learned', parts: randomParts(encoder) } },
  { name: 'attention-heads', options: { method: 'attention-heads', background: 'otsu' } },
  { name: 'k-means', options: { method: 'k-means', tokens: 'qk', training: data } },
];
const scratch = mkdtempSync(join(tmpdir(), 'part-extraction-'));
try {
  for (const { name, options } of cases) await measure(name, options);
} finally {
  rmSync(scratch, { recursive: true });
}

async function measure(name: string, options: Omit<PredictorOptions, 'encoder'>): Promise<void> {
  const predictor = await createPredictor({ ...options, encoder, compile });
  const forward = encoderForward(await pixelsOf(data));
  const [ours, alone, loadAverages]: [number[], number[], number[]] = [[], [], []];
  for (let round = -1; round < rounds; round++) {
    const [began, out] = [performance.now(), join(scratch, `${name}-${round}.safetensors`)];
    await extractParts({ predictor, data, out, batchSize });
    const between = performance.now();
    await forward();
    const ended = performance.now();
    if (round < 0) continue; // compiles
    ours.push((1000 * imageCount) / (between - began));
    alone.push((1000 * imageCount) / (ended - between));
    loadAverages.push(rounded(loadavg()[0]!));
  }
  predictor.dispose();
  const ratios = ours.map((rate, round) => rate / alone[round]!);
  console.log(
    JSON.stringify({
      bench: `part-extraction/${name}`,
      value: rounded(median(ours)),
      unit: 'images/s',
      peer: "the encoder's forward pass alone",
      peerValue: rounded(median(alone)),
      ratio: rounded(median(ratios)),
      spread: rounded(relativeRange(ratios)),
      ...{ background: predictor.settings.background, imageSize: side, batchSize, threads, loadAverages },
    }),
  );
}

/** Encodes all batches, whose pixels are tensors already, and reads the patch tokens. */
function encoderForward(batches: readonly Float32Array[]): () => Promise<void> {
  const run = compile((pixels) => encoder.encoder.encode(pixels as tf.Tensor4D).patchTokens as tf.Tensor);
  return async () => {
    for (const pixels of batches) {
      const input = tf.tensor4d(pixels, [batchSize, side, side, 3]);
      const tokens = tf.tidy(() => run(input)) as tf.Tensor;
      await tokens.data();
      tf.dispose([input, tokens]);
    }
  };
}

async function pixelsOf(images: ImageDataset): Promise<Float32Array[]> {
  const batches: Float32Array[] = [];
  for (let start = 0; start < images.length; start += batchSize) {
    const batch = new Float32Array(batchSize * side * side * 3);
    for (let place = 0; place < batchSize; place++) {
      batch.set(normalizePixels((await images.get(start + place)).pixels), place * side * side * 3);
    }
    batches.push(batch);
  }
  return batches;
}

function randomEncoder(): EncoderModel {
  const { encoder: sizes, name } = maskedImageRecipe('mae-small');
  const vit = new ViTEncoder({ ...sizes, imageHeight: side, imageWidth: side, seed: 0 });
  vit.variables();
  const provenance = {
    ...{ recipe: name, data: 'nothing', imageCount: 0, seed: 0, steps: 0, imageSize: { height: side, width: side } },
    role: 'encoder',
  };
  return { encoder: vit, id: 'random weights', hash: '0'.repeat(64), provenance };
}

/** As the study learns them: maps over parts, the same query for all images. */
function randomParts({ encoder: vit, id, hash }: EncoderModel): PartsModel {
  const { rows, columns } = vit.grid;
  const grid = { rows, columns };
  const learner = {
    ...{ channels: vit.width, partCount: 6, softmaxAxis: 'parts' as const, seed: 0 },
    decoder: { preset: 'tiny' as const, upStages: 2 },
  };
  return {
    learner: partLearner({ ...learner, grid: createPatchGrid(rows, columns) }),
    config: {
      encoder: { id, hash },
      geometry: {
        ...{ imageSize: { height: side, width: side }, gridRoute: 'patch8', feed: { height: side, width: side } },
        ...{ patchStride: vit.patchStride, tokenGrid: grid, mapGrid: grid },
      },
      tokens: 'qk',
      classTokenSource: 'shared',
      learner,
    },
    provenance: { data: 'nothing', imageCount: 0, steps: 0, batchSize: 0 },
    hash: '0'.repeat(64),
  };
}
