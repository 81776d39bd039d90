// Every method and every stage on images of other than three channels.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { selfDistillationRecipe } from '@semmae/train';
import * as tf from '@tensorflow/tfjs-core';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { channeledData } from '../__fixtures__/channeled-data';
import { readAllTensors } from '../__fixtures__/read-all-tensors';
import { tinyEncoder } from '../__fixtures__/tiny';
import { tinyAdversarial, tinyDistillation, tinyMAE, tinySemMAE } from '../__fixtures__/tiny-recipes';
import { type SelectedBackend, selectBackend } from '../backends/select-backend';
import { loadModel } from '../models/load-model';
import type { StartingPoint } from '../models/starting-weights';
import { createPredictor } from '../predictors/create-predictor';
import type { PretrainRecipe } from '../recipes/pretrain-recipe';
import { embed } from './embed';
import { evaluateShard } from './evaluate-shard';
import { exportFormatNames, exportModel } from './export-model';
import { extractParts } from './extract-parts';
import { learnParts } from './learn-parts';
import { type PretrainOptions, pretrain } from './pretrain';
import { probe } from './probe';
import { showMasks } from './show-masks';
import { showParts } from './show-parts';
import { showReconstructions } from './show-reconstructions';

let scratch: string;
let backend: SelectedBackend;
beforeAll(async () => {
  backend = await selectBackend('cpu');
  scratch = mkdtempSync(join(tmpdir(), 'semmae-channels-'));
});
afterAll(() => rmSync(scratch, { recursive: true }));

const at = (name: string) => join(scratch, name);
const options = (name: string, changes: Partial<PretrainOptions> = {}): PretrainOptions => ({
  ...{ data: channeledData(4), recipe: tinyMAE, steps: 2, seed: 1, compile: backend.compile, out: at(name) },
  ...changes,
});

const distillation = (name: 'dino-small' | 'ibot-small' | 'attmask-small' | 'mst-small'): PretrainRecipe => {
  const { encoder, head, views, batchSize } = tinyDistillation;
  const recipe = selfDistillationRecipe(name);
  return { ...recipe, encoder: { ...recipe.encoder, ...encoder }, head, views, batchSize, name: `tiny ${name}` };
};
const recipes: Record<string, PretrainRecipe> = {
  mae: tinyMAE,
  semmae: tinySemMAE,
  dino: distillation('dino-small'),
  ibot: distillation('ibot-small'),
  attmask: distillation('attmask-small'),
  mst: distillation('mst-small'),
  adios: tinyAdversarial,
};

describe('losses are finite and fall', () => {
  // every method at one count, and MAE at all of them; 16 steps of a tiny network
  it.each<readonly [keyof typeof recipes, number]>([
    ...[1, 2, 4, 10].map((channels) => ['mae', channels] as const),
    ...([
      ['semmae', 2],
      ['ibot', 10],
      ['adios', 4],
      ['dino', 1],
      ['attmask', 4],
      ['mst', 10],
    ] as const),
  ])(
    '%s, %i channels',
    async (method, channels) => {
      const losses: number[] = [];
      const model = await pretrain({
        ...options(`${method} ${channels}`, { data: channeledData(channels), recipe: recipes[method]!, steps: 16 }),
        ...(method === 'semmae' && { masking: 'random', keptShare: 1 }), // parts have a test of their own
        onStep: ({ loss }) => losses.push(loss),
      });
      const mean = (some: number[]) => some.reduce((sum, loss) => sum + loss, 0) / some.length;
      expect(losses.every(Number.isFinite)).toBe(true);
      expect(mean(losses.slice(-5))).toBeLessThan(mean(losses.slice(0, 5)));
      expect(model.encoder.channels).toBe(channels);
      expect(model.preprocessing?.mean).toHaveLength(channels);
      for (const layer of [model.encoder, model.decoder]) layer?.dispose();
    },
    60_000,
  );
});

describe('from pre-training to every use', () => {
  const data = channeledData(4, { floats: true });
  const notes: string[] = [];

  it('keeps measured statistics, and says what it does with colors', async () => {
    const model = await pretrain(options('flow', { data, onNote: (note) => notes.push(note) }));
    expect(notes).toEqual([
      expect.stringMatching(
        /^pixels are normalized by mean and deviation measured on them: (0\.\d{3} ± 0\.\d{3}(, )?){4}$/,
      ),
      'images have 4 channels: brightness and contrast are jittered, saturation, hue and grayscale are left out',
    ]);
    const stored = await loadModel(at('flow'));
    expect(stored.hash).toBe(model.hash);
    expect([stored.encoder.channels, stored.decoder?.channels]).toEqual([4, 4]);
    expect(stored.preprocessing).toEqual(model.preprocessing);
    expect((await pretrain(options('flow', { data }))).hash).toBe(model.hash); // finished: measured again, the same
    await expect(pretrain(options('flow', { data: channeledData(2) }))).rejects.toThrow('channels');
  });

  it('reaches embed, probe and export', async () => {
    const model = at('flow');
    const embedded = await embed({ model, data, out: at('features.npy'), compile: backend.compile });
    expect([embedded.count, embedded.width]).toEqual([13, 12]);
    const { scores, pixels } = await probe({ model, data: channeledData(4, { count: 40 }), seeds: 1, neighbors: [1] });
    expect([scores.length, pixels.length]).toEqual([2, 2]);
    for (const format of exportFormatNames) {
      const { largestDifference } = await exportModel({ model, format, out: at(`exported-${format}`) });
      expect(largestDifference).toBeLessThan(1e-4);
    }
    const timm = await readAllTensors(at('exported-safetensors'));
    expect(JSON.parse(timm.metadata.timm!)).toMatchObject({ in_chans: 4 });
    // an export is read back with the statistics that it brings along
    const { preprocessing } = await loadModel(at('flow'));
    const read = await loadModel(at('exported-safetensors'));
    expect([read.encoder.channels, read.preprocessing?.mean]).toEqual([4, preprocessing!.mean]);
  }, 60_000);

  it('reaches parts, their maps, their scores and pictures', async () => {
    const encoder = (await loadModel(at('flow'))) as StartingPoint;
    const square = channeledData(4, { height: 20, width: 20 });
    const shared = { encoder, data: square, compile: backend.compile };
    const parts = await learnParts({
      ...{ ...shared, out: at('parts'), steps: 3, batchSize: 5, partCount: 3, decoder: 'tiny', decoderStages: 1 },
    });
    expect(parts.config.learner.decoder).toMatchObject({ imageChannels: 4 });
    const predictor = await createPredictor({ method: 'learned', ...shared, parts });
    await extractParts({ predictor, data: square, out: at('maps'), forEval: true });
    const scores = await evaluateShard({ shard: at('maps'), data: square, allowSeen: true });
    expect(scores.foreground?.nmi).toBeGreaterThanOrEqual(0);
    const widths = [];
    for (const [name, draw] of Object.entries({
      parts: (out: string) => showParts({ shard: at('maps'), data: square, out, images: 2, showBands: [3, 1, 0] }),
      masks: (out: string) => showMasks({ data: square, masking: ['random'], out, images: 2, patchSize: 4 }),
      reconstructions: (out: string) =>
        showReconstructions({ model: at('flow'), data: square, out, images: 2, showBands: [2] }),
    })) {
      widths.push((await sharp(await draw(at(`${name}.png`))).metadata()).width);
    }
    expect(Math.min(...widths)).toBeGreaterThan(100);
    await expect(
      showMasks({ data: square, masking: ['random'], out: at('no.png'), patchSize: 4, showBands: [4] }),
    ).rejects.toThrow('`showBands`: must name three bands, or one for gray, of 0 to 3, got [4]');
  }, 60_000);

  it('trains SemMAE on parts of its own', async () => {
    const encoder = (await loadModel(at('flow'))) as StartingPoint;
    const square = channeledData(4, { height: 20, width: 20 });
    const recipe = { ...tinySemMAE, views: { ...tinySemMAE.views, size: 20 } };
    const { encoder: trained } = await pretrain(options('semantic', { data: square, recipe, encoder, partSteps: 2 }));
    expect(trained.channels).toBe(4);
  }, 60_000);

  it('refuses images of other channels by name', async () => {
    await expect(embed({ model: at('flow'), data: channeledData(2), out: at('no.npy') })).rejects.toThrow(
      /^features: images must have the channels that the encoder sees, 4, got 2 of pretrain\/\d+; choose `channels`/,
    );
  });
});

describe('statistics', () => {
  it('may be given, one for each channel', async () => {
    const pixelMean = [0.1, 0.2, 0.3, 0.4];
    const pixelDeviation = [0.5, 0.6, 0.7, 0.8];
    const { preprocessing } = await pretrain(options('given', { pixelMean, pixelDeviation }));
    expect(preprocessing).toMatchObject({ mean: pixelMean, standardDeviation: pixelDeviation });
    await expect(pretrain(options('few', { pixelMean: [0.5] }))).rejects.toThrow(
      'pretrain: `pixelMean` must hold 4 values, got 1; give one for each channel to both `pixelMean` and `pixelDeviation`',
    );
  });
});

describe('training that begins with weights of RGB', () => {
  it.each([
    [1, 'their weights are added'],
    [4, 'their weights are repeated in turn and scaled'],
  ])('adapts the embedding to %i channels as timm does', async (channels, how) => {
    const notes: string[] = [];
    const encoder = tinyEncoder({ depth: 1, imageHeight: 20, imageWidth: 20 });
    const start: StartingPoint = { encoder, id: 'rgb', hash: '0' };
    const { encoder: trained } = await pretrain(
      options(`start ${channels}`, {
        data: channeledData(channels),
        startFrom: start,
        learningRate: 1e-30, // the weights stay as they began
        steps: 1,
        onNote: (note) => notes.push(note),
      }),
    );
    expect(notes).toContain(`its embedding of 3 channels is adapted to ${channels} as timm does: ${how}`);
    const kernelOf = (one: typeof encoder) => one.namedVariables().get('patch_embed.proj.kernel')!;
    const [rgb, own] = [kernelOf(encoder), kernelOf(trained)].map((kernel) => kernel.dataSync());
    const width = 12;
    for (let pixel = 0; pixel < 16; pixel++) {
      for (let d = 0; d < width; d++) {
        const of = (channel: number) => rgb![(pixel * 3 + channel) * width + d]!;
        for (let channel = 0; channel < channels; channel++) {
          const expected = channels === 1 ? of(0) + of(1) + of(2) : (of(channel % 3) * 3) / 4;
          expect(own![(pixel * channels + channel) * width + d]).toBeCloseTo(expected, 5); // float32
        }
      }
    }
    tf.dispose(trained.variables());
    encoder.dispose();
  });
});
