import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { createPatchGrid } from '@semmae/core';
import { partDataset } from '@semmae/data';
import { blockMasking, randomMasking } from '@semmae/masking';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { tinyMAE } from '../__fixtures__/tiny-recipes';
import { type SelectedBackend, selectBackend } from '../backends/select-backend';
import { maskedImageBatches } from '../batches/masked-image-batches';
import { loadEncoder } from '../models/load-model';
import { planRecipe } from '../recipes/pretrain-recipe';
import { Interrupted } from '../runs/interrupted';
import type { StageReport } from '../runs/stage-options';
import { type PretrainOptions, pretrain } from './pretrain';

let scratch: string;
let backend: SelectedBackend;
beforeAll(async () => {
  backend = await selectBackend('cpu');
  scratch = mkdtempSync(join(tmpdir(), 'semmae-mae-'));
});
afterAll(() => rmSync(scratch, { recursive: true }));

const data = partDataset({ seed: 1, count: 11, height: 24, width: 32 });
const options = (name: string, changes: Partial<PretrainOptions> = {}): PretrainOptions => ({
  data,
  recipe: tinyMAE,
  steps: 6,
  out: join(scratch, name),
  compile: backend.compile,
  ...changes,
});

describe('pretrain with an MAE recipe', () => {
  it('keeps the encoder, and ends with the same one after an interruption', async () => {
    const reports: StageReport[] = [];
    const whole = await pretrain(options('whole', { onProgress: (report) => reports.push(report) }));
    expect(whole.provenance).toMatchObject({ recipe: 'tiny-mae', steps: 6, role: 'encoder', imageCount: 11 });
    expect(reports.at(-1)).toMatchObject({
      done: 6,
      total: 6,
      note: expect.stringMatching(/^loss \d\.\d+, .* images\/s/),
    });
    const loaded = await loadEncoder(whole.path);
    expect([loaded.hash, loaded.encoder.width, loaded.encoder.grid.patchCount]).toEqual([whole.hash, 12, 25]);

    const abort = new AbortController();
    const onProgress = ({ done }: { done: number }) => {
      if (done === 3) abort.abort();
    };
    const before = tf.memory().numTensors;
    const halves = pretrain(options('halves', { signal: abort.signal, onProgress }));
    await expect(halves).rejects.toThrow(Interrupted);
    expect(tf.memory().numTensors).toBe(before);
    expect(existsSync(join(scratch, 'halves', 'model.safetensors'))).toBe(false);
    const losses = (name: string) =>
      readFileSync(join(scratch, name, 'metrics.jsonl'), 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).loss);
    expect((await pretrain(options('halves', { resume: 'require' }))).hash).toBe(whole.hash);
    expect(losses('halves')).toEqual(losses('whole'));
    await expect(pretrain(options('halves', { masking: blockMasking() }))).rejects.toThrow(
      '`masking` must be left out, as when the run began, got "block"',
    );
  }, 60_000);

  it('learns', async () => {
    const losses: number[] = [];
    const onProgress = ({ note }: StageReport) => losses.push(Number(note!.match(/loss ([\d.]+)/)![1]));
    await pretrain(options('learns', { recipe: { ...tinyMAE, learningRate: 0.25 }, steps: 100, onProgress }));
    const mean = (values: number[]) => values.reduce((sum, value) => sum + value / values.length, 0);
    // standardized pixels: whoever predicts the mean of each patch has 1; measured: from 1.23 to 0.86
    expect(mean(losses.slice(-10))).toBeLessThan(0.95);
    expect(mean(losses.slice(0, 10))).toBeGreaterThan(1);
  });

  it('takes a masking that needs nothing but the grid', async () => {
    const masking = blockMasking({ maskRatio: 0.6 });
    const trained = await pretrain(options('blocks', { masking, steps: 2 }));
    expect(trained.provenance?.steps).toBe(2);
  });
});

describe('planRecipe', () => {
  it('shrinks the warm-up with the length and the batch to the images', () => {
    const { recipe, stepsPerEpoch } = planRecipe({ ...tinyMAE, epochs: 150, warmupEpochs: 12 }, 11, { steps: 100 });
    expect([stepsPerEpoch, recipe.epochs, recipe.warmupEpochs]).toEqual([2, 50, 4]);
    expect(planRecipe(tinyMAE, 3)).toMatchObject({
      stepsPerEpoch: 1,
      recipe: { batchSize: 3, epochs: 150 },
    });
  });
});

describe('maskedImageBatches', () => {
  const grid = createPatchGrid(5, 5);
  const recipe = { ...tinyMAE, epochs: 4 };
  const masking = randomMasking({ maskRatio: 0.75 });

  it('depends on epoch and batch alone', async () => {
    const before = tf.memory().numTensors;
    const { batch: batches } = maskedImageBatches({ data, recipe, stepsPerEpoch: 2, masking, grid, seed: 2 });
    const read = async (epoch: number, place: number) => {
      const batch = await batches(epoch, place);
      const values = Object.values(batch).map((tensor) => Array.from(tensor.dataSync()));
      const shapes = Object.values(batch).map(({ shape }) => shape);
      tf.dispose(batch);
      return { values, shapes };
    };
    const first = await read(1, 1);
    expect(first.shapes).toEqual([
      [5, 20, 20, 3],
      [5, 6],
      [5, 19],
    ]);
    await read(0, 0);
    expect(await read(1, 1)).toEqual(first);
    expect((await read(1, 0)).values[0]).not.toEqual(first.values[0]);
    // the images of epoch 1 again in epoch 2, but other crops and other masks of them
    const [pixels, visible, masked] = first.values as [number[], number[], number[]];
    const rows = (values: number[], length: number) =>
      Array.from({ length: 5 }, (_, row) => values.slice(row * length, (row + 1) * length));
    expect(new Set(rows(pixels, 1200).map(String)).size).toBe(5);
    expect(new Set(rows(visible, 6).map(String)).size).toBe(5);
    rows(visible, 6).forEach((seen, row) => {
      expect([...seen, ...rows(masked, 19)[row]!].sort((a, b) => a - b)).toEqual(
        Array.from({ length: 25 }, (_, n) => n),
      );
    });
    expect(tf.memory().numTensors).toBe(before);
  });

  it('jitters and grays colors as the recipe says', async () => {
    const colorless = { ...recipe, views: { ...recipe.views, jitter: 0, grayscale: 1 } };
    const { images, visible, masked } = await maskedImageBatches({
      data,
      recipe: colorless,
      stepsPerEpoch: 2,
      masking,
      grid,
      seed: 2,
    }).batch(0, 0);
    const [red, green] = tf.split(images, 3, 3).map((plane) => plane.dataSync());
    // gray in 0..255 before each color is normalized by its own mean and deviation
    expect(red![7]! * 0.229 + 0.485).toBeCloseTo(green![7]! * 0.224 + 0.456, 5);
    tf.dispose([images, visible, masked]);
  });
});
