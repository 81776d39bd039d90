// What is exported opens in timm and transformers and gives the same there: where Python has them (`pip install torch timm transformers`);
// TORCH_PYTHON names another Python.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { createRng, type Preprocessing } from '@semmae/core';
import { MAEDecoder, type ViTEncoder, type ViTEncoderConfig } from '@semmae/vit';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { tinyEncoder } from '../__fixtures__/tiny';
import { selectBackend } from '../backends/select-backend';
import type { TrainedModel } from '../models/encoder-file';
import { exportModel } from './export-model';

const python = process.env.TORCH_PYTHON ?? 'python3';
const script = fileURLToPath(new URL('../__fixtures__/open_exports.py', import.meta.url));
const hasPeers = spawnSync(python, ['-c', 'import timm, transformers']).status === 0;

/** As transformers wants images for DINOv2. */
const square = { imageHeight: 20, imageWidth: 20 };

const everywhere = {
  'sines and cosines': {},
  'learned positions, a mask token': { positions: 'learned', maskToken: true, mlpRatio: 2 },
  'LayerScale and registers': { ...square, layerScale: 0.5, registers: 3, positions: 'learned', maskToken: true },
  'registers, no position of the class token': { ...square, registers: 2, classPosition: false, positions: 'learned' },
  SwiGLU: { ...square, mlp: 'swiglu', hiddenWidth: 16, layerScale: 0.1 },
  'no bias of queries, keys and values': { qkvBias: false, positions: 'learned' },
  'oblong patches': { patchSize: { height: 4, width: 7 } },
} satisfies Record<string, Partial<ViTEncoderConfig>>;

const cases: readonly (readonly [
  format: 'safetensors' | 'huggingface',
  name: string,
  config: Partial<ViTEncoderConfig>,
])[] = [
  ...Object.entries(everywhere).flatMap(([name, config]) => [
    ['safetensors', name, config] as const,
    ['huggingface', name, config] as const,
  ]),
  ['safetensors', 'no class token, pooled norm', { classToken: false, finalNorm: 'pooled', positions: 'learned' }],
  ['safetensors', 'a norm in front', { preNorm: true, patchBias: false }],
  ['huggingface', 'a distillation token', { distillationToken: true, positions: 'learned' }],
  ['huggingface', 'no bias of patches, another epsilon', { patchBias: false, normEpsilon: 1e-5 }],
];

const preprocessing: Preprocessing = {
  mean: [0.5, 0.4, 0.3],
  standardDeviation: [0.2, 0.25, 0.5],
  imageSize: { height: 20, width: 28 },
  framing: { interpolation: 'bilinear', cropFraction: 0.8 },
};

interface Opened {
  tokens: number[][];
  class?: string;
  missing?: string[];
  unexpected?: string[];
  prepared?: [shape: number[], values: number[]];
  /** Of the first quarter of the patches alone. */
  visible?: number[][];
  predictions?: number[][];
}

let scratch: string;
beforeAll(async () => {
  await selectBackend('cpu');
  scratch = mkdtempSync(join(tmpdir(), 'semmae-peers-'));
});
afterAll(() => rmSync(scratch, { recursive: true }));

/** Away from the zeros and ones of new weights. */
function disturb(networks: readonly (ViTEncoder | MAEDecoder)[]): void {
  const rng = createRng(12);
  for (const network of networks) {
    network.variables();
    for (const variable of network.namedVariables().values()) {
      const noise = Float32Array.from({ length: variable.size }, () => 0.3 * rng.normal());
      tf.tidy(() => variable.assign(tf.add(variable, tf.tensor(noise, variable.shape))));
    }
  }
}

/** As in open_exports.py, [1, H, W, 3]. */
function images({ height, width }: { height: number; width: number }): tf.Tensor4D {
  return tf.tidy(() => {
    const planes = Float32Array.from({ length: 3 * height * width }, (_, place) => Math.sin(place));
    return tf.transpose<tf.Tensor4D>(tf.tensor4d(planes, [1, 3, height, width]), [0, 2, 3, 1]);
  });
}

function openInPython(paths: readonly string[]): Opened[] {
  const { status, stdout, stderr } = spawnSync(python, [script, ...paths], { encoding: 'utf8', maxBuffer: 2 ** 26 });
  expect(status, stderr).toBe(0);
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Opened);
}

function close(got: number[][], expected: tf.Tensor, name: string): void {
  const values = expected.dataSync<'float32'>();
  const flat = got.flat();
  expect(flat.length, name).toBe(values.length);
  const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
  for (const [index, value] of flat.entries())
    expect(Math.abs(value - values[index]!), name).toBeLessThan(1e-5 * largest); // float32
}

describe.skipIf(!hasPeers)(`exports in timm and transformers (skipped where ${python} has none)`, () => {
  it('open strictly and give the same tokens', async () => {
    const paths: string[] = [];
    const encoders: ViTEncoder[] = [];
    for (const [index, [format, , config]] of cases.entries()) {
      const encoder = tinyEncoder({ seed: index, ...config });
      disturb([encoder]);
      encoders.push(encoder);
      const out = join(scratch, format === 'huggingface' ? `${index}` : `${index}.safetensors`);
      const wanted = { ...preprocessing, imageSize: encoder.imageSize };
      await exportModel({ model: { encoder, id: 'tiny', hash: 'of tiny', preprocessing: wanted }, format, out });
      paths.push(`${format === 'huggingface' ? 'transformers' : 'timm'}:${out}`);
    }
    for (const [index, opened] of openInPython(paths).entries()) {
      const [format, name] = cases[index]!;
      const encoder = encoders[index]!;
      tf.tidy(() => close(opened.tokens, encoder.apply(images(encoder.imageSize)) as tf.Tensor, `${format}, ${name}`));
      if (format === 'safetensors') continue;
      expect([opened.missing, opened.unexpected], name).toEqual([[], []]);
      const [shape, values] = opened.prepared!;
      expect(shape).toEqual([1, 3, encoder.imageSize.height, encoder.imageSize.width]);
      for (const [color, value] of values.entries()) {
        const { mean, standardDeviation } = preprocessing;
        expect(value).toBeCloseTo((100 / 255 - mean[color]!) / standardDeviation[color]!, 5);
      }
    }
  }, 240_000);

  it('draw the same reconstructions', async () => {
    const encoder = tinyEncoder({ imageHeight: 16, imageWidth: 16 });
    const decoder = new MAEDecoder({
      grid: encoder.grid,
      patchSize: 4,
      encoderWidth: 12,
      width: 8,
      depth: 2,
      heads: 2,
      seed: 1,
    });
    disturb([encoder, decoder]);
    const model = { encoder, decoder, id: 'tiny', hash: 'of tiny' } as TrainedModel;
    await exportModel({ model, format: 'huggingface', out: join(scratch, 'mae') });
    const [opened] = openInPython([`transformers:${join(scratch, 'mae')}`]);
    expect([opened!.class, opened!.missing, opened!.unexpected]).toEqual(['ViTMAEForPreTraining', [], []]);
    tf.tidy(() => {
      const [visible, masked] = [
        Array.from({ length: 4 }, (_, patch) => patch),
        Array.from({ length: 12 }, (_, patch) => 4 + patch),
      ].map((patches) => tf.tensor2d([patches], undefined, 'int32'));
      const tokens = encoder.apply([images(encoder.imageSize), visible!]) as tf.Tensor;
      close(opened!.tokens, encoder.apply(images(encoder.imageSize)) as tf.Tensor, 'tokens');
      close(opened!.visible!, tokens, 'tokens of visible patches');
      close(opened!.predictions!.slice(4), decoder.apply([tokens, visible!, masked!]) as tf.Tensor, 'predictions');
    });
    expect(JSON.parse(readFileSync(join(scratch, 'mae/config.json'), 'utf8')).norm_pix_loss).toBe(true);
  }, 240_000);
});
