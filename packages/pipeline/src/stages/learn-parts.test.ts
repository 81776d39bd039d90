import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { createPatchGrid } from '@semmae/core';
import { applyView, fullView } from '@semmae/data';
import { borderPathSaliency, frameOfPatches, objectFrame, placeCode, tokenScaling, topPatches } from '@semmae/parts';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { readAllTensors } from '../__fixtures__/read-all-tensors';
import { imageSize, tinyData, tinyModel } from '../__fixtures__/tiny';
import { type SelectedBackend, selectBackend } from '../backends/select-backend';
import { encodeFeatures } from '../features/encode-features';
import { featureStore } from '../features/feature-store';
import type { EncoderModel } from '../models/encoder-file';
import { loadParts } from '../models/parts-file';
import { createPredictor } from '../predictors/create-predictor';
import { Interrupted } from '../runs/interrupted';
import { type LearnPartsOptions, learnParts } from './learn-parts';
import { partRescue } from './part-rescue';

let scratch: string;
let backend: SelectedBackend;
let encoder: EncoderModel;
beforeAll(async () => {
  backend = await selectBackend('cpu');
  encoder = tinyModel();
  scratch = mkdtempSync(join(tmpdir(), 'semmae-parts-'));
});
afterAll(() => rmSync(scratch, { recursive: true }));

const data = tinyData();
const options = (name: string, changes: Partial<LearnPartsOptions> = {}): LearnPartsOptions => ({
  encoder,
  data,
  compile: backend.compile,
  out: join(scratch, name),
  partCount: 3,
  decoder: 'tiny',
  decoderStages: 0,
  steps: 6,
  batchSize: 5,
  rescueEvery: 2,
  equivarianceWeight: 0.1,
  styleNoise: 0.1,
  ...changes,
});

describe('learnParts', () => {
  it('ends with the same parts after an interruption', async () => {
    const whole = await learnParts(options('whole'));
    expect((await readAllTensors(whole.path)).metadata.format).toBe('semmae-parts/1');
    expect(whole.config.encoder).toEqual({ id: encoder.id, hash: encoder.hash });

    const abort = new AbortController();
    const onProgress = ({ unit, done }: { unit: string; done: number }) => {
      if (unit === 'steps' && done === 3) abort.abort();
    };
    const halves = options('halves', { signal: abort.signal, onProgress });
    await expect(learnParts(halves)).rejects.toThrow(Interrupted);
    expect(existsSync(join(scratch, 'halves', 'parts.safetensors'))).toBe(false);
    const resumed = await learnParts(options('halves', { resume: 'require' }));
    expect(resumed.hash).toBe(whole.hash);

    const again = await learnParts(options('halves', { resume: 'require' })); // finished: nothing is computed
    expect([again.hash, again.features]).toEqual([whole.hash, undefined]);
  });

  it('takes features computed before, of this encoder only', async () => {
    const features = await featureStore({ encoder, data });
    const trained = await learnParts(options('shared', { features, softmaxAxis: 'parts', classToken: 'mean' }));
    expect(trained.features).toBe(features);
    expect(trained.config.classTokenSource).toBe('mean');
    const other = options('other', { features, encoder: tinyModel({ seed: 1 }) });
    await expect(learnParts(other)).rejects.toThrow('features must be those of the encoder tiny 1, got tiny 0');
  });

  it('prepares tokens and asks all images with one query, in training and in prediction', async () => {
    const special: Partial<LearnPartsOptions> = {
      ...{ classToken: 'shared', standardize: true, placeWeight: 0.3, consistencyWeight: 1 },
      ...{ tokens: 'qk', styleBottleneck: 2, decoderStages: 1 },
    };
    const whole = await learnParts(options('prepared', special));
    const { compile } = backend;
    const { features, geometry } = await encodeFeatures(encoder, data, { tokens: 'qk', compile });
    const mirrored = await encodeFeatures(encoder, data, { tokens: 'qk', compile, mirrored: true });
    const all = [...features, ...mirrored.features].map(({ patchTokens }) => patchTokens);
    const expected = await tokenScaling(all, 12);
    expect(whole.scaling).toEqual(expected);
    const bottleneck = whole.learner.variables().filter(({ name }) => name.includes('bottleneck'));
    expect(bottleneck.map(({ shape }) => shape)).toContainEqual([18, 2]);

    const abort = new AbortController();
    const onProgress = ({ unit, done }: { unit: string; done: number }) => {
      if (unit === 'steps' && done === 3) abort.abort();
    };
    const halves = options('prepared halves', { ...special, memoryLimit: 0, signal: abort.signal, onProgress });
    await expect(learnParts(halves)).rejects.toThrow(Interrupted);
    const resumed = await learnParts(options('prepared halves', { ...special, resume: 'require' }));
    expect(resumed.hash).toBe(whole.hash);

    const parts = await loadParts(whole.path);
    expect([parts.scaling, parts.config.placeWeight]).toEqual([expected, 0.3]);
    const predictor = await createPredictor({ method: 'learned', encoder, parts, background: 'none' });
    const image = await data.get(3);
    const before = tf.memory().numTensors;
    const [predicted] = await predictor.predict([image]);
    expect(tf.memory().numTensors).toBe(before);
    const code = placeCode(createPatchGrid(geometry.tokenGrid.rows, geometry.tokenGrid.columns), 0.3);
    const winners = tf.tidy(() => {
      const centered = tf.sub(tf.tensor2d(features[3]!.patchTokens, [35, 12]), expected.mean);
      const prepared = tf.concat([tf.div(centered, expected.deviation), tf.tensor2d(code, [35, 6])], 1);
      const patchTokens = tf.reshape(prepared, [1, 35, 18]) as tf.Tensor3D;
      return tf.argMax(parts.learner.attend(tf.ones([1, 18]), patchTokens), 1).dataSync();
    });
    expect(Array.from(predicted!.parts)).toEqual(Array.from(winners, (part) => part + 1));
    const { scaling: _lost, ...without } = parts;
    await expect(createPredictor({ method: 'learned', encoder, parts: without })).rejects.toThrow(
      'parts: standardized tokens need their mean and deviation, got none; load the parts with loadParts',
    );
    predictor.dispose();
  });

  it('tells places in the object, in training, mirrored and in prediction', async () => {
    const framed = { placeWeight: 2, placeFrame: 'object', classToken: 'shared' } as const;
    const { path } = await learnParts(options('framed', framed));
    const plain = await learnParts(options('unframed', { ...framed, placeFrame: undefined }));
    expect(JSON.stringify(plain.config)).not.toContain('placeFrame'); // as in files from before there were frames
    const same = await learnParts(options('unframed', { ...framed, placeFrame: 'image', resume: 'require' }));
    expect(same.hash).toBe(plain.hash);
    const parts = await loadParts(path);
    expect([parts.config.placeFrame, parts.hash === plain.hash]).toEqual(['object', false]);
    const predictor = await createPredictor({ method: 'learned', encoder, parts, background: 'none' });
    const images = await Promise.all([1, 4].map((index) => data.get(index)));
    for (const mirrored of [false, true]) {
      const { compile } = backend;
      const { features, geometry } = await encodeFeatures(encoder, data, { compile, mirrored });
      const grid = createPatchGrid(geometry.tokenGrid.rows, geometry.tokenGrid.columns);
      const predicted = await predictor.predict(images, mirrored);
      for (const [place, index] of [1, 4].entries()) {
        const tokens = features[index]!.patchTokens;
        const code = placeCode(grid, 2, objectFrame({ tokens, channels: 12, grid }));
        const winners = tf.tidy(() => {
          const prepared = tf.concat([tf.tensor2d(tokens, [35, 12]), tf.tensor2d(code, [35, 6])], 1);
          const patchTokens = tf.reshape(prepared, [1, 35, 18]) as tf.Tensor3D;
          return tf.argMax(parts.learner.attend(tf.ones([1, 18]), patchTokens), 1).dataSync();
        });
        expect(Array.from(predicted[place]!.parts)).toEqual(Array.from(winners, (part) => part + 1));
      }
    }
    predictor.dispose();
    await expect(learnParts(options('nowhere', { placeFrame: 'object' }))).rejects.toThrow(
      'learnParts: `placeFrame` needs a `placeWeight` above 0, got object with weight 0',
    );
  });

  it('learns on the kept patches alone, encoded by themselves, in training, mirrored and in prediction', async () => {
    const masked: EncoderModel = { ...encoder, provenance: { ...encoder.provenance!, role: 'encoder' } };
    const kept: Partial<LearnPartsOptions> = {
      ...{ encoder: masked, keptShare: 0.25, classToken: 'shared', softmaxAxis: 'parts', tokens: 'qk' },
      ...{ standardize: true, placeWeight: 2, placeFrame: 'object', consistencyWeight: 1, decoderStages: 1 },
    };
    const whole = await learnParts(options('kept patches', kept));
    const fresh = await learnParts(options('kept patches, not stored', { ...kept, memoryLimit: 0 }));
    expect(fresh.hash).toBe(whole.hash);
    expect(whole.features!.bytes).toBe(2 * data.length * (1 + 8) * 12 * 4);
    const parts = await loadParts(whole.path);
    expect(parts.config.keptShare).toBe(0.25);
    const { compile } = backend;
    const predictor = await createPredictor({ method: 'learned', encoder: masked, parts, compile });
    expect(predictor.settings.background).toBe('border-path, 0.25 kept');
    const [grid, image] = [createPatchGrid(5, 7), await data.get(3)];
    for (const mirrored of [false, true]) {
      const [predicted] = await predictor.predict([image], mirrored);
      const { features } = await encodeFeatures(masked, data, { tokens: 'qk', compile, mirrored });
      const saliency = borderPathSaliency({ tokens: features[3]!.patchTokens, channels: 12, grid });
      for (const [patch, score] of predicted!.saliency!.entries()) expect(score).toBeCloseTo(saliency[patch]!, 4);
      const patches = topPatches(saliency, 0.25);
      const winners = tf.tidy(() => {
        const view = { ...fullView(image), flip: mirrored };
        const pixels = tf.tensor4d(applyView(image, view, imageSize), [1, 20, 28, 3]);
        const visible = tf.tensor2d([Array.from(patches)], [1, 8], 'int32');
        const { patchKeys } = encoder.encoder.encode(pixels, { visible, lastBlock: true });
        const scaling = parts.scaling!;
        const scaled = tf.div(tf.sub(tf.reshape(patchKeys!, [8, 12]), scaling.mean), scaling.deviation);
        const codes = tf.tensor2d(placeCode(grid, 2, frameOfPatches(patches, grid)), [35, 6]);
        const prepared = tf.concat([scaled, tf.gather(codes, Array.from(patches))], 1);
        return tf.argMax(parts.learner.attend(tf.ones([1, 18]), tf.reshape(prepared, [1, 8, 18])), 1).dataSync();
      });
      const expected = new Uint8Array(35);
      for (const [place, patch] of patches.entries()) expected[patch] = winners[place]! + 1;
      expect(predicted!.parts).toEqual(expected);
      expect(predicted!.foreground).not.toContain(0);
    }
    predictor.dispose();
    const features = await featureStore({ encoder: masked, data, keptShare: 0.25 });
    const taken = await learnParts(options('kept features', { encoder: masked, features, steps: 1 }));
    expect(taken.config.keptShare).toBe(0.25);
    await expect(learnParts(options('no share', { keptShare: 0 }))).rejects.toThrow('`keptShare` must be between');
    await expect(learnParts(options('finer', { keptShare: 0.5, gridRoute: 'upsample-map' }))).rejects.toThrow(
      /^parts: `keptShare` below 1 needs one patch [^\n]* got the grid route upsample-map; choose/,
    );
    await expect(createPredictor({ method: 'learned', encoder: masked, parts, background: 'none' })).rejects.toThrow(
      'must be one of otsu, border-path, border-likeness, got none',
    );
  });

  it('asks with the prepared class token, and refuses heads whose tokens were changed', async () => {
    const changes = { placeWeight: 0.2, classToken: 'class' } as const;
    const { config, scaling } = await learnParts(options('placed', { ...changes, steps: 1 }));
    expect([config.learner.channels, config.placeWeight, scaling]).toEqual([18, 0.2, undefined]);
    const heads = { tokens: 'qk', gateInitialization: 'heads' } as const;
    for (const [preparation, got] of [
      [{ placeWeight: 0.2 }, 'a place code of weight 0.2'],
      [{ standardize: true }, 'standardized tokens'],
    ] as const) {
      await expect(learnParts(options('placed heads', { ...heads, ...preparation }))).rejects.toThrow(
        `learnParts: \`gateInitialization\` heads needs the tokens as the encoder made them, got ${got}; use xavier`,
      );
    }
    await expect(learnParts(options('nowhere', { placeWeight: -1 }))).rejects.toThrow('`placeWeight` must be between');
  });

  it('neither overwrites nor mixes runs', async () => {
    await learnParts(options('kept', { steps: 1 }));
    await expect(learnParts(options('kept', { steps: 1, resume: 'refuse' }))).rejects.toThrow(
      /^`out`: must not hold a run already, got [^\n]*; pass `resume`/,
    );
    await expect(learnParts(options('kept', { steps: 2 }))).rejects.toThrow(
      '`resume`: `steps` must be 1, as when the run began, got 2',
    );
    await expect(learnParts(options('none', { resume: 'require' }))).rejects.toThrow(/^`resume`: .* must hold a run/);
    await expect(learnParts(options('none', { decoder: 'huge' as never }))).rejects.toThrow('`decoder` must be one of');
  });
});

describe('partRescue', () => {
  it('looks at the usage since the last look, and remembers it', async () => {
    const { learner } = await learnParts(options('rescue', { steps: 1 }));
    const rescue = partRescue({ learner, every: 2, until: 5, seed: 1 });
    rescue.watch({ 'usage/1': 0.999, 'usage/2': 0.001, 'usage/3': 0 });
    expect(await rescue.before(1)).toEqual([]);
    const saved = rescue.save();
    const tokens = { classToken: tf.randomNormal([1, 12]), patchTokens: tf.randomNormal([1, 35, 12]) };
    const attend = backend.compile((input) => {
      const { classToken, patchTokens } = input as { classToken: tf.Tensor2D; patchTokens: tf.Tensor3D };
      return learner.attend(classToken, patchTokens);
    });
    const maps = () => (attend(tokens) as tf.Tensor).dataSync();
    const before = maps();
    expect(await rescue.before(2)).toEqual([2, 3]);
    const after = maps(); // a compiled step sees the new gates
    expect([after.slice(0, 35), after.slice(35)]).toEqual([
      before.slice(0, 35),
      expect.not.arrayContaining([...before.slice(35)]),
    ]);
    expect(rescue.save()).toEqual([0, 0, 0]);
    rescue.restore(saved);
    expect(await rescue.before(6)).toEqual([]); // too late
  });
});
