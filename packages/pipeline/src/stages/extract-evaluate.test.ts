import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { createPatchGrid, createRng } from '@semmae/core';
import { type ImageDataset, openPartShard, splitByIndex, subset } from '@semmae/data';
import { borderPathSaliency, kMeansParts, tokenPreparation, tokenScaling, topPatches } from '@semmae/parts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { provenance, tinyData, tinyEncoder, tinyModel } from '../__fixtures__/tiny';
import { encodeFeatures } from '../features/encode-features';
import { saveEncoder } from '../models/encoder-file';
import { createLearner, type PartsModel } from '../models/parts-file';
import { createPredictor } from '../predictors/create-predictor';
import { type PredictedParts, partMethods } from '../predictors/part-predictor';
import type { PredictorOptions } from '../predictors/predictor-options';
import { Interrupted } from '../runs/interrupted';
import { companionPath } from './companion-shards';
import { evaluatePredictions, predictParts } from './evaluate-predictions';
import { evaluateShard } from './evaluate-shard';
import { extractParts } from './extract-parts';
import { partsConfig } from './parts-config';
import { showParts } from './show-parts';

let scratch: string;
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'semmae-extract-'));
});
afterAll(() => rmSync(scratch, { recursive: true }));

const encoder = tinyModel();
const data = tinyData(11);
const config = partsConfig({ encoder, partCount: 3, decoder: 'tiny', decoderStages: 0 });
const parts: PartsModel = {
  learner: createLearner(config),
  config,
  provenance: { data: 'none', imageCount: 0, steps: 0, batchSize: 1 },
  hash: 'cd'.repeat(32),
};
const predictor = (options: Partial<PredictorOptions> = {}) =>
  createPredictor({ method: 'learned', encoder, parts, training: data, ...options });

describe('every method', () => {
  it.each(partMethods)('%s: predictions, and the same through a shard', async (method) => {
    const found = await predictor({ method });
    const path = join(scratch, `${method}.safetensors`);
    const extracted = await extractParts({ predictor: found, data, out: path, forEval: true, batchSize: 4 });
    expect([extracted.count, extracted.predicted]).toEqual([11, 11]);
    const predictions = await predictParts(found, data, { batchSize: 4 });
    const { grid, partCount } = found;
    const { train: first, heldOut: rest } = splitByIndex(data, { heldOut: 6 });
    const ids = Array.from({ length: data.length }, (_, index) => data.idAt(index));
    const of = (part: ImageDataset) =>
      Array.from({ length: part.length }, (_, index) => predictions[ids.indexOf(part.idAt(index))]!);
    const direct = await evaluatePredictions({
      ...{ predictions: of(rest), data: rest, grid, partCount },
      landmarkTraining: { predictions: of(first), data: first },
    });
    const stored = await evaluateShard({ shard: path, data, heldOut: 6 });
    const { method: _method, encoder: _encoder, ...scores } = stored;
    expect({ ...scores, object: null }).toEqual({ ...direct, object: null });
    if (direct.object?.auc != null && found.settings.scores !== 'none') {
      expect(stored.object!.auc).toBeCloseTo(direct.object.auc, 2); // scores are float16
    }
    expect([stored.flipConsistency, stored.cropConsistency, stored.landmarks]).not.toContain(null);
    expect(stored.landmarks!.error).toBeGreaterThan(0);
    if (method === 'ground-truth') {
      expect(stored.foreground!.purity).toBeGreaterThan(0.6);
      expect(stored.flipConsistency!.miou).toBeGreaterThan(0.9); // ties between labels may turn with the image
      expect(stored.cropConsistency!.miou).toBeGreaterThan(0.35); // patches of other pixels
    }
    if (method === 'grid') expect(stored.flipConsistency!.miou).toBeLessThan(0.7);
    found.dispose();
  });

  it.each([
    ['image', ''],
    ['object', ' in the object'],
  ] as const)(
    'k-means clusters tokens prepared like those of learned parts: places in the %s',
    async (placeFrame, text) => {
      const choice = {
        standardize: true,
        placeWeight: 0.4,
        placeFrame,
        tokens: 'qk',
        background: 'none',
      } as const;
      const found = await predictor({ method: 'k-means', partCount: 3, ...choice });
      expect(found.settings.method).toBe(
        `k-means of standardized qk tokens with place 0.4${text} of 11 images, seed 0`,
      );
      const tokensOf = async (mirrored: boolean) =>
        (await encodeFeatures(encoder, data, { tokens: 'qk', mirrored })).features.map(
          ({ patchTokens }) => patchTokens,
        );
      const [plain, mirrored] = [await tokensOf(false), await tokensOf(true)];
      const grid = createPatchGrid(5, 7);
      const scaling = await tokenScaling([...plain, ...mirrored], 12);
      const { patches, channels } = tokenPreparation({ channels: 12, grid, scaling, placeWeight: 0.4, placeFrame });
      const rng = createRng(0).split('k-means');
      const { assign } = kMeansParts({ features: plain.map(patches), dimensions: channels, grid, partCount: 3, rng });
      const images = await Promise.all([4, 9].map((index) => data.get(index)));
      const [four, nine] = await found.predict(images, true);
      expect([four!.parts, nine!.parts]).toEqual([4, 9].map((index) => assign(patches(mirrored[index]!))));
      const bare = await predictor({ method: 'k-means' });
      expect(bare.settings.method).toBe('k-means of output tokens of 11 images, seed 0');
      found.dispose();
      bare.dispose();
    },
  );

  it('k-means clusters the kept patches alone, and leaves the others to the background', async () => {
    const choice = { tokens: 'qk', background: 'border-path', keptShare: 0.2, partCount: 3 } as const;
    const found = await predictor({ method: 'k-means', ...choice });
    expect(found.settings).toMatchObject({ background: 'border-path, 0.2 kept', hasBackground: true });
    const [grid, image] = [createPatchGrid(5, 7), await data.get(4)];
    const [{ parts, foreground, saliency }] = (await found.predict([image])) as [PredictedParts];
    const kept = topPatches(saliency!, 0.2);
    expect(kept.length).toBe(7);
    const { features } = await encodeFeatures(encoder, data, { tokens: 'qk' });
    const wanted = borderPathSaliency({ tokens: features[4]!.patchTokens, channels: 12, grid });
    for (const [patch, score] of saliency!.entries()) expect(score).toBeCloseTo(wanted[patch]!, 4);
    expect(Array.from(parts.keys()).filter((patch) => parts[patch]! > 0)).toEqual(Array.from(kept));
    expect(Array.from(foreground).every((part) => part >= 1 && part <= 3)).toBe(true);
    for (const patch of kept) expect(foreground[patch]).toBe(parts[patch]);
    found.dispose();
  });

  it('says what it lacks', async () => {
    await expect(createPredictor({ method: 'learned', encoder })).rejects.toThrow(
      'the method needs learned parts, got none',
    );
    await expect(createPredictor({ method: 'k-means' })).rejects.toThrow(
      'the method needs an encoder, got none; pass `encoder`',
    );
    await expect(createPredictor({ method: 'grid' })).rejects.toThrow('pass `imageSize` and `grid`, or `encoder`');
    await expect(predictor({ method: 'random', background: 'mass' })).rejects.toThrow(
      'must be otsu, border-path, border-likeness or none, got mass',
    );
    await expect(predictor({ encoder: tinyModel({ seed: 9 }) })).rejects.toThrow('learned with the encoder');
  });
});

describe('extractParts', () => {
  it('gives the same file after an interruption', async () => {
    const found = await predictor();
    const [whole, halves] = ['whole', 'halves'].map((name) => join(scratch, `${name}.safetensors`)) as [string, string];
    await extractParts({ predictor: found, data, out: whole, forEval: true, batchSize: 3 });
    const abort = new AbortController();
    const run = { predictor: found, data, out: halves, forEval: true, batchSize: 3 };
    const onProgress = ({ done }: { done: number }) => {
      if (done === 6) abort.abort();
    };
    await expect(extractParts({ ...run, signal: abort.signal, onProgress })).rejects.toThrow(Interrupted);
    expect(existsSync(halves)).toBe(false);
    await expect(extractParts({ ...run, resume: 'refuse' })).rejects.toThrow('must not hold a run already');
    expect((await extractParts({ ...run, resume: 'require' })).predicted).toBe(5);
    for (const path of [(file: string) => file, (file: string) => companionPath(file, 'cropped')]) {
      expect(readFileSync(path(halves))).toEqual(readFileSync(path(whole)));
    }
    expect((await extractParts({ ...run, resume: 'require' })).predicted).toBe(0);
    const other = await predictor({ method: 'random' });
    await expect(extractParts({ ...run, predictor: other, resume: 'require' })).rejects.toThrow(
      /^`resume`: .*halves\.safetensors must be made with method "random, seed 0", got "learned/,
    );
  });

  it('refuses to resume nothing, and to write where it cannot', async () => {
    const found = await predictor({ method: 'grid' });
    const run = { predictor: found, data };
    await expect(extractParts({ ...run, out: join(scratch, 'no'), resume: 'require' })).rejects.toThrow(
      'must hold a run',
    );
    await expect(extractParts({ ...run, out: '/proc/none/x' })).rejects.toThrow(
      /^`out`: .*must be a folder that can be written/,
    );
  });
});

describe('evaluateShard', () => {
  it('takes some of the images, and no shard of another encoder', async () => {
    const path = join(scratch, 'some.safetensors');
    await extractParts({ predictor: await predictor(), data, out: path });
    const few = subset(data, [2, 7, 5]);
    const scores = await evaluateShard({ shard: path, data: few });
    expect([scores.imageCount, scores.flipConsistency, scores.cropConsistency]).toEqual([3, null, null]);
    const other = join(scratch, 'other-encoder.safetensors');
    await saveEncoder(other, tinyEncoder({ seed: 4 }), provenance);
    await expect(evaluateShard({ shard: path, data, encoder: other })).rejects.toThrow(
      /must hold maps of the encoder [0-9a-f]{64}, got 0{64} \(tiny 0\)/,
    );
    await expect(evaluateShard({ shard: path, data: tinyData(12) })).rejects.toThrow('1 of 12 missing');
    const changed: ImageDataset = { ...data, fingerprint: async () => '0'.repeat(63).concat('1') };
    await expect(evaluateShard({ shard: path, data: changed })).rejects.toThrow('11 of 11 changed since');
    const unlabeled: ImageDataset = {
      ...data,
      get: async (index) => ({ ...(await data.get(index)), parts: undefined }),
    };
    await expect(evaluateShard({ shard: path, data: unlabeled })).rejects.toThrow(
      /^ground truth: pretrain\/0 must have a mask, got none; [^\n]*`labelFree`[^\n]*$/,
    );
    const free = await evaluateShard({ shard: path, data: unlabeled, labelFree: true });
    expect([free.foreground, free.usage.shares.length]).toEqual([null, 4]);
    writeFileSync(path, readFileSync(path).subarray(0, -9));
    await expect(evaluateShard({ shard: path, data })).rejects.toThrow('truncated');
    await expect(evaluateShard({ shard: join(scratch, 'nowhere'), data })).rejects.toThrow(/^[^\n]*nowhere[^\n]*$/);
  });
});

describe('showParts', () => {
  it('draws from a predictor and from a shard', async () => {
    const found = await predictor();
    const shard = join(scratch, 'shown.safetensors');
    await extractParts({ predictor: found, data, out: shard });
    (await openPartShard(shard)).close();
    const few = subset(data, [0, 3]);
    for (const source of [{ method: 'learned', encoder, parts } as const, { shard }]) {
      const out = await showParts({ data: few, ...source, out: join(scratch, 'deep', 'panel.png') });
      expect(readFileSync(out).subarray(1, 4).toString()).toBe('PNG');
    }
  });
});
