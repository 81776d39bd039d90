import '@tensorflow/tfjs-backend-cpu';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Interrupted, selectBackend } from '@semmae/pipeline';
import type { SoftMasks } from '@semmae/train';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { agreement } from './agreement';
import { heldOutImages, imageSize } from './images';
import { learnMasks } from './learn-masks';
import { type LearnedMasksOptions, parseOptions } from './options';
import { maskShape, type Results } from './results';
import { strongestMasks } from './segmentation';
import { agreementTable, gameTable } from './table';

let folder: string;
let compile: Awaited<ReturnType<typeof selectBackend>>['compile'];
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'semmae-learned-masks-'));
  ({ compile } = await selectBackend('cpu', { threads: 1 }));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const options = (out: string, changes: Partial<LearnedMasksOptions> = {}): LearnedMasksOptions => ({
  ...parseOptions(['node', 'main.ts', '--out', join(folder, out)]),
  ...{ steps: 3, masks: 3, images: 5, heldOut: 7, rows: 2 },
  ...changes,
});
/** But for the time, which differs. */
const timeless = (results: Results) => ({ ...results, seconds: 0 });

describe('learned masks', () => {
  it('trains, goes on after an interruption as if there were none, and shows and scores the masks', async () => {
    const before = tf.memory().numTensors;
    const whole = await learnMasks(options('whole'), { compile });
    const interruption = new AbortController();
    const stopped = learnMasks(options('parts'), {
      compile,
      signal: interruption.signal,
      onProgress: ({ done }) => {
        if (done === 1) interruption.abort();
      },
    });
    await expect(stopped).rejects.toBeInstanceOf(Interrupted);
    const resumed = await learnMasks(options('parts'), { compile });
    expect(timeless(resumed)).toEqual(timeless(whole));
    expect(tf.memory().numTensors).toBe(before);

    const out = join(folder, 'parts');
    expect(readdirSync(out)).toEqual(expect.arrayContaining(['learned-masks.png', 'metrics.json', 'metrics.jsonl']));
    expect(JSON.parse(readFileSync(join(out, 'metrics.json'), 'utf8'))).toEqual(resumed);
    const png = readFileSync(join(out, 'learned-masks.png'));
    const [width, height] = [16, 20].map((offset) => png.readUInt32BE(offset)); // of its header
    expect(width).toBeGreaterThan(7 * 3 * imageSize); // image, parts, three masks, strongest, patches
    expect(height).toBeGreaterThan(2 * 3 * imageSize);
    expect(height).toBeLessThan(3 * 3 * imageSize);

    const { masks, agreement: scores } = resumed;
    expect(masks.smallestMask).toBeLessThanOrEqual(1 / 3);
    expect(masks.largestMask).toBeGreaterThanOrEqual(1 / 3);
    expect(scores.learned).not.toEqual(scores.untrained);
    await expect(learnMasks(options('parts', { masks: 4 }), { compile })).rejects.toThrow(
      '`out`: `masks` must be 3, as when the run began, got 4; choose another `out`, or the options that it began with',
    );
  });

  it.each(['simsiam', 'byol'] as const)('trains with %s', async (model) => {
    const before = tf.memory().numTensors;
    const { siameseLoss } = await learnMasks(options(model, { model, steps: 2, rows: 1 }), { compile });
    const [least, most] = model === 'byol' ? [0, 24] : [-3, 3]; // of three masks
    expect(siameseLoss).toBeGreaterThan(least);
    expect(siameseLoss).toBeLessThan(most);
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('what is measured', () => {
  /** One image of 2 x 1 pixels, masks of (0.7, 0.2), (0.1, 0.2), (0.2, 0.6). */
  const masks: SoftMasks = {
    values: Float32Array.of(0.7, 0.2, 0.1, 0.2, 0.2, 0.6),
    batchSize: 1,
    maskCount: 3,
    height: 2,
    width: 1,
  };

  it('is shares of the image and the strongest mask of each pixel', () => {
    const { smallestMask, largestMask, sharpness } = maskShape(masks);
    expect(smallestMask).toBeCloseTo(0.15, 6);
    expect(largestMask).toBeCloseTo(0.45, 6);
    expect(sharpness).toBeCloseTo(0.65, 6);
    expect(strongestMasks(masks)).toEqual([Uint8Array.of(1, 3)]);
  });

  it('is 1 for the truth itself, 0 for a constant', async () => {
    const images = await heldOutImages(9);
    const truth = images.map(({ parts }) => parts!);
    for (const [name, value] of Object.entries(agreement(truth, images))) {
      // An object of several parts is not one of them.
      if (name === 'bestLabelIou' || name.includes('bject')) expect([name, value < 0.99]).toEqual([name, true]);
      else expect(value).toBeCloseTo(1, 9);
    }
    const whole = agreement(
      objects(truth, () => 3),
      images,
    );
    for (const score of ['objectNmi', 'objectAri', 'imageObjectNmi', 'imageObjectAri', 'bestLabelIou'] as const) {
      expect(whole[score]).toBeCloseTo(1, 9);
    }
    const constant = truth.map((parts) => new Uint8Array(parts.length));
    const { bestLabelIou, ...others } = agreement(constant, images);
    for (const value of Object.values(others)) expect(value).toBeCloseTo(0, 9);
    const shares = truth.map((parts) => parts.filter((part) => part > 0).length / parts.length);
    expect(bestLabelIou).toBeCloseTo(shares.reduce((sum, share) => sum + share) / 9, 9);
  });

  it('tells labels that change their meaning between images from those that do not', async () => {
    const images = await heldOutImages(8);
    const truth = images.map(({ parts }) => parts!);
    const { objectNmi, imageObjectNmi, imageObjectAri } = agreement(
      objects(truth, (image) => (image % 2) + 1),
      images,
    );
    expect(imageObjectNmi).toBeCloseTo(1, 9);
    expect(imageObjectAri).toBeCloseTo(1, 9);
    expect(objectNmi).toBeLessThan(0.7);
  });

  /** The object of image i under label `labelOf(i)`, the background under 1 or, where that is taken, 2. */
  const objects = (truth: readonly Uint8Array[], labelOf: (image: number) => number) =>
    truth.map((parts, image) => {
      const label = labelOf(image);
      return parts.map((part) => (part > 0 ? label : label === 1 ? 2 : 1));
    });

  it('is tabled by setting, over seeds', () => {
    const [together, each] = [
      { nmi: 0.1, ari: 0, objectNmi: 0, objectAri: 0 },
      { imageNmi: 0, imageAri: 0, imageObjectNmi: 0, imageObjectAri: 0, bestLabelIou: 0.25 },
    ];
    const same = { ...together, ...each };
    const run = (seed: number, penaltyWeight: number): Results => ({
      settings: { model: 'simclr', masks: 4, steps: 9, images: 5, seed, penaltyWeight },
      ...{ seconds: 10 + 2 * seed, siameseLoss: 12 },
      masks: { smallestMask: 0.2, largestMask: 0.3, sharpness: 0.5 },
      agreement: { learned: { ...same, nmi: 0.3 + seed / 10 }, untrained: same, grid: same, clusters: same },
    });
    const runs = [run(0, 1), run(0, 0), run(2, 1)];
    expect(gameTable(runs).split('\n').slice(2)).toEqual([
      '| simclr, N = 4, α = 1, 9 steps | 20.0 ± 0.0 | 30.0 ± 0.0 | 0.50 ± 0.00 | 12.00 ± 0.00 | 12 ± 3 |',
      expect.stringMatching(/α = 0, 9 steps \| 20.0 \(1 seed\)/),
    ]);
    expect(agreementTable(runs).split('\n')[2]).toMatch(/α = 1, 9 steps \| learned \| 40.0 ± 14.1 \| 0.0 ± 0.0/);
  });
});

describe('the command line', () => {
  it.each([
    [['--steps', 'many'], 'learned-masks: --steps must be an integer of at least 1, got NaN'],
    [['--steps', ''], 'learned-masks: --steps must be an integer of at least 1, got NaN'],
    [['--masks', '1'], 'learned-masks: --masks must be between 2 and 24, got 1'],
    [['--model', 'moco'], 'learned-masks: --model must be one of simclr, simsiam, byol, got moco'],
    [['--penalty-weight', '-1'], 'learned-masks: --penalty-weight must be between 0 and 100, got -1'],
    [['--rows', '201'], 'learned-masks: --rows must be between 1 and 200, got 201'],
    [['more'], /^learned-masks: options must be those of --help, got too many arguments.*; see --help$/],
    [['--stepz', '3'], /^learned-masks: options must be those of --help, got unknown option '--stepz'.*; see --help$/],
  ])('refuses %j', (parameters, message) => {
    expect(() => parseOptions(['node', 'main.ts', '--out', 'x', ...parameters])).toThrow(message);
  });
});
