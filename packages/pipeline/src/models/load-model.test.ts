import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { openSafetensors } from '@semmae/checkpoints';
import { partDataset } from '@semmae/data';
import { encoderAtSize } from '@semmae/vit';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { startHubServer } from '../../../checkpoints/src/hub/__fixtures__/hub-server';
import { tinyEncoder } from '../__fixtures__/tiny';
import { tinyDistillation, tinyMAE } from '../__fixtures__/tiny-recipes';
import { type SelectedBackend, selectBackend } from '../backends/select-backend';
import { Interrupted } from '../runs/interrupted';
import { embed } from '../stages/embed';
import { evaluateShard } from '../stages/evaluate-shard';
import { exportModel } from '../stages/export-model';
import { extractFromFiles } from '../stages/extract-parts';
import { learnParts } from '../stages/learn-parts';
import { pretrain } from '../stages/pretrain';
import { probe } from '../stages/probe';
import { showParts } from '../stages/show-parts';
import { showReconstructions } from '../stages/show-reconstructions';
import { saveModel } from './encoder-file';
import { describeEncoder, type LoadEncoderOptions, loadEncoder, loadModel } from './load-model';
import { describeParts } from './parts-file';

const fixtures = fileURLToPath(new URL('../../../checkpoints/fixtures/families/', import.meta.url));
/** ViTs of width 12 with 3 heads and 3 x 3 patches of 4 pixels, in the containers of their projects. */
const files = {
  dino: `${fixtures}dino-backbone/dino_deitsmall16_pretrain.pth`,
  dinoRun: `${fixtures}dino-run/dino_deitsmall16_pretrain_full_checkpoint.pth`,
  dinov2: `${fixtures}dinov2-registers/dinov2_vits14_reg4_pretrain.pth`,
  mae: `${fixtures}hf-vit-mae`,
  noClassToken: `${fixtures}timm-no-class-token`,
};
const dino = { heads: 3 };

let scratch: string;
let backend: SelectedBackend;
beforeAll(async () => {
  backend = await selectBackend('cpu');
  scratch = mkdtempSync(join(tmpdir(), 'semmae-load-'));
});
afterAll(() => rmSync(scratch, { recursive: true }));

async function loadPreprocessing(path: string) {
  const { encoder, preprocessing } = await loadEncoder(path, path === files.dino ? dino : {});
  encoder.dispose();
  return preprocessing!;
}

const at = (name: string) => join(scratch, name);
const data = partDataset({ seed: 3, count: 8, height: 20, width: 20 });
const stage = () => ({ data, compile: backend.compile });

describe('loadModel', () => {
  it('takes a public file, and says whose it is and what became of it', async () => {
    const notes: string[] = [];
    const before = tf.memory().numTensors;
    const model = await loadEncoder(files.dino, { ...dino, onNote: (note) => notes.push(note) });
    expect(notes).toEqual([
      'dino_deitsmall16_pretrain.pth: dino (a backbone at the top of a .pth): width 12, depth 2, 3 heads, patches of 4; 30 tensors loaded',
      "dino_deitsmall16_pretrain.pth: preprocessing is that of the family's published models: no file beside the weights says it",
    ]);
    expect(model).toMatchObject({
      id: 'dino_deitsmall16_pretrain.pth (dino)',
      origin: { family: 'dino', name: 'dino_deitsmall16_pretrain.pth' },
      preprocessing: { imageSize: { height: 12, width: 12 }, framing: { cropFraction: 0.875 } },
    });
    const { hash, config } = await describeEncoder(files.dino, dino);
    expect([hash, config.positionInterpolation]).toEqual([model.hash, 'dino']);
    model.encoder.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('gives a model that a file of ours keeps, hash and all', async () => {
    const model = await loadModel(files.mae);
    await saveModel(at('mae.safetensors'), model);
    const again = await loadModel(at('mae.safetensors'));
    const { encoder: _e, decoder: _d, ...about } = model;
    expect(again).toMatchObject(about);
    expect(model.origin).toEqual({ name: 'hf-vit-mae', family: 'hf-vit-mae', network: 'vit', normalizePixels: true });
    for (const one of [model, again]) for (const layer of [one.encoder, one.decoder!]) layer.dispose();
  });

  it('knows the preprocessing of what was exported here', async () => {
    const own = await saveModel(at('exported.own'), {
      encoder: tinyEncoder(),
      preprocessing: { ...(await loadPreprocessing(files.dino)), framing: undefined },
    });
    for (const format of ['safetensors', 'huggingface'] as const) {
      const out = at(`preprocessed.${format}`);
      await exportModel({ model: own, format, out });
      expect(await loadPreprocessing(out)).toEqual(own.preprocessing);
    }
    own.encoder.dispose();
  });

  it('computes sines and cosines anew where that is asked for', async () => {
    const tokens = async (options: LoadEncoderOptions) => {
      const { encoder } = await loadEncoder(files.mae, options);
      const images = tf.ones<tf.Rank.R4>([1, 20, 24, 3]);
      const values = tf.tidy(() => encoder.encode(images).patchTokens.dataSync());
      images.dispose();
      const { positionInterpolation } = encoder.getConfig();
      encoder.dispose();
      return { values, positionInterpolation };
    };
    const [usual, anew] = [await tokens({}), await tokens({ positionInterpolation: 'recompute' })];
    expect([usual.positionInterpolation, anew.positionInterpolation]).toEqual(['aligned', 'recompute']);
    expect(anew.values).not.toEqual(usual.values);
    await expect(loadEncoder(files.dino, { ...dino, positionInterpolation: 'recompute' })).rejects.toThrow(
      /positions must be sines and cosines to be computed anew, got learned ones; choose another positionInterpolation/,
    );
  });

  it('takes the network that is asked for', async () => {
    const names = ['teacher', 'student'] as const;
    const [teacher, student] = await Promise.all(
      names.map((network) => loadEncoder(files.dinoRun, { ...dino, network })),
    );
    expect(teacher!.hash).not.toBe(student!.hash);
    expect(student!.origin!.network).toMatch(/^student/);
    for (const one of [teacher, student]) one!.encoder.dispose();
  });

  it('downloads from the hub, and works from its cache', async () => {
    const names = ['model.safetensors', 'config.json'];
    const content = Object.fromEntries(
      names.map((name) => [name, new Uint8Array(readFileSync(join(files.mae, name)))]),
    );
    const hub = await startHubServer({ 'anna/mae': { files: content } });
    vi.stubEnv('HF_ENDPOINT', hub.endpoint);
    vi.stubEnv('HF_HUB_CACHE', at('hub'));
    const titles: string[] = [];
    const { encoder, hash, origin } = await loadEncoder('hf:anna/mae', {
      onProgress: ({ title }) => titles.push(title),
    });
    await hub.close();
    vi.stubEnv('HF_HUB_OFFLINE', '1');
    expect(await describeEncoder('hf:anna/mae')).toMatchObject({ hash, id: 'hf:anna/mae (hf-vit-mae)', origin });
    await expect(loadEncoder('hf:anna/other')).rejects.toThrow(/^[^\n]*anna\/other[^\n]*$/);
    vi.unstubAllEnvs();
    encoder.dispose();
    expect(titles[0]).toBe('Downloading hf:anna/mae');
  });

  it('says in one line what is wrong, and leaves nothing behind', async () => {
    const before = tf.memory().numTensors;
    await loadEncoder(files.dino).then(
      () => expect.unreachable(),
      (error: Error) => expect(error.message).toMatch(/pretrain\.pth: the number of attention heads must be known/),
    );
    await expect(loadEncoder(files.dino, { ...dino, family: 'dinov2' })).rejects.toThrow(
      /pretrain\.pth: must be of the family dinov2, got no weight/,
    );
    writeFileSync(at('page.pth'), '<!DOCTYPE html><html><body>Sign in</body></html>');
    await expect(loadEncoder(at('page.pth'))).rejects.toThrow(/^[^\n]*page\.pth: [^\n]*HTML[^\n]*$/i);
    const pointer = 'version https://git-lfs.github.com/spec/v1\noid sha256:1234\nsize 343\n';
    writeFileSync(at('pointer.safetensors'), pointer);
    await expect(loadEncoder(at('pointer.safetensors'))).rejects.toThrow(/^[^\n]*git lfs pull[^\n]*$/);
    await expect(loadEncoder(at('none.pth'))).rejects.toThrow(/none\.pth: must be a readable file, got ENOENT/);
    await expect(loadEncoder('hf:')).rejects.toThrow(/^[^\n]+$/);
    const own = at('own.safetensors');
    await saveModel(own, { encoder: tinyEncoder() });
    const wrong = loadEncoder(own, { family: 'dino' });
    await expect(wrong).rejects.toThrow(
      `\`family\`: must be left out: it is for weights of other projects, and ${own} was written here, got dino`,
    );
    await expect(loadModel(own, { decoderTarget: 'plain' })).rejects.toThrow(/^`decoderTarget`: must be left out/);
    expect(tf.memory().numTensors).toBeLessThanOrEqual(before + 30); // the encoder that was saved
  });
});

describe('public weights in every stage', () => {
  it('embed: features are those of the project', async () => {
    const [side, count] = [20, 3];
    const out = at('features.safetensors');
    await embed({ model: files.dino, ...dino, ...stage(), imageSize: 20, out });
    const file = await openSafetensors(out);
    const features = (await file.read('features')) as Float32Array;
    file.close();
    expect(features).toHaveLength(8 * 12);
    const { encoder } = await loadEncoder(files.dino, dino);
    const first = await data.get(0);
    tf.tidy(() => {
      const { mean, standardDeviation } = { mean: [0.485, 0.456, 0.406], standardDeviation: [0.229, 0.224, 0.225] };
      const pixels = tf.div(
        tf.sub(tf.div(tf.tensor4d(first.pixels, [1, side, side, count]), 255), mean),
        standardDeviation,
      );
      const token = encoder.encode(pixels as tf.Tensor4D).classToken!.dataSync();
      for (const [index, value] of token.entries()) expect(features[index]).toBeCloseTo(value, 4);
    });
    encoder.dispose();
  });

  it.each([
    ['dino', files.dino, 'qk', 'class'],
    ['dinov2 with registers', files.dinov2, 'output', 'class'],
    ['timm without class token', files.noClassToken, 'qk', 'mean'],
  ] as const)('parts: learn, extract, eval and show with %s', async (name, encoder, tokens, classToken) => {
    const weights = { encoder, ...dino, imageSize: name.startsWith('dinov2') ? 70 : 20 };
    const images = partDataset({ seed: 3, count: 8, height: weights.imageSize, width: weights.imageSize });
    const own = { ...stage(), data: images };
    const learning = { tokens, partCount: 2, decoder: 'tiny', decoderStages: 0, steps: 2, batchSize: 3 } as const;
    const out = at(`${name} parts`);
    await learnParts({ ...weights, ...learning, ...own, out });
    expect((await describeParts(out)).config).toMatchObject({ classTokenSource: classToken });
    const shard = at(`${name}.safetensors`);
    await extractFromFiles({ method: 'learned', ...weights, parts: out, ...own, out: shard });
    expect((await evaluateShard({ shard, data: images, encoder, ...dino })).encoder.id).toContain('(');
    await showParts({ ...weights, parts: out, ...own, images: 2, out: at(`${name}.png`) });
  });

  it('probe, export and reconstructions', async () => {
    const probed = await probe({
      ...{ model: files.dino, ...dino, ...stage(), data: partDataset({ seed: 3, count: 24, height: 20, width: 20 }) },
      ...{ protocols: ['knn'], seeds: 1, pixels: false },
    });
    expect([probed.model!.id, probed.pretrainedOnTestImages]).toEqual(['dino_deitsmall16_pretrain.pth (dino)', null]);
    for (const [format, model] of [
      ['onnx', files.dinov2],
      ['safetensors', files.mae],
      ['tfjs', files.noClassToken],
    ] as const) {
      const { largestDifference } = await exportModel({ model, heads: 3, format, out: at(`exported.${format}`) });
      expect(largestDifference).toBeLessThan(1e-5);
    }
    await showReconstructions({ model: files.mae, ...stage(), images: 2, out: at('reconstructions.png') });
    await expect(showReconstructions({ model: files.dino, ...dino, ...stage(), out: at('none.png') })).rejects.toThrow(
      /must hold a decoder/,
    );
    expect(existsSync(at('none.png'))).toBe(false);
  });

  it('pre-training begins with them, whatever the method and the sizes', async () => {
    const notes: string[] = [];
    const onNote = (note: string) => notes.push(note);
    const decoder = { decoderWidth: 8, decoderDepth: 1, decoderHeads: 2 };
    const mae = await pretrain({
      ...{ ...stage(), recipe: tinyMAE, startFrom: files.mae, patchSize: 2, imageSize: 8, steps: 1, out: at('mae') },
      ...decoder,
      onNote,
    });
    expect(mae.encoder).toMatchObject({ width: 12, depth: 2, heads: 3, patchSize: 2 });
    expect(mae.provenance!.startedFrom!.id).toBe('hf-vit-mae (hf-vit-mae)');
    expect(notes.at(-2)).toBe(
      'begins with hf-vit-mae (hf-vit-mae): width 12, depth 2, 3 heads, patches of 2, whose embedding is resampled from patches of 4',
    );
    expect(notes.at(-1)).toMatch(/its decoder is left out/);
    const resumed = pretrain({
      ...{ ...stage(), recipe: tinyMAE, startFrom: files.mae, patchSize: 2, imageSize: 8, steps: 1, out: at('mae') },
      ...decoder,
    });
    expect((await resumed).hash).toBe(mae.hash);
    const distilled = await pretrain({
      ...{ ...stage(), recipe: tinyDistillation, startFrom: files.dinoRun, heads: 3, steps: 1, out: at('dino') },
      onNote,
    });
    expect(distilled.preprocessing?.framing).toEqual({ interpolation: 'bicubic', cropFraction: 0.875 });
    expect(notes.at(-1)).toMatch(/its projection heads? (is|are) left out/);
    expect(readdirSync(at('dino'))).toContain('model.safetensors');
  });

  it('frees weights that it has loaded where settings ask for other sizes', async () => {
    const before = tf.memory().numTensors;
    const run = pretrain({ ...stage(), recipe: tinyMAE, startFrom: files.mae, depth: 5, steps: 1, out: at('other') });
    await expect(run).rejects.toThrow('`startFrom`: `depth` must be that of the weights');
    expect(tf.memory().numTensors).toBe(before);
  });

  it('pre-training from them ends with the same model after an interruption', async () => {
    const options = { ...stage(), recipe: tinyMAE, startFrom: files.dinov2, heads: 3, patchSize: 7, steps: 3 };
    const whole = await pretrain({ ...options, out: at('whole') });
    const abort = new AbortController();
    const onStep = ({ step }: { step: number }) => (step === 2 ? abort.abort() : undefined);
    await expect(pretrain({ ...options, out: at('halves'), signal: abort.signal, onStep })).rejects.toThrow(
      Interrupted,
    );
    expect((await pretrain({ ...options, out: at('halves'), resume: 'require' })).hash).toBe(whole.hash);
    await expect(pretrain({ ...options, startFrom: files.dino, out: at('halves') })).rejects.toThrow(
      /as when the run began/,
    );
  });

  it('exports of encoders at another size keep their positions', async () => {
    const { encoder } = await loadEncoder(files.dinov2, dino);
    const larger = encoderAtSize(encoder, { height: 70, width: 56 });
    tf.tidy(() => {
      const images = tf.randomNormal<tf.Rank.R4>([1, 70, 56, 3], 0, 1, 'float32', 1);
      const [a, b] = [encoder, larger].map((one) => one.encode(images).patchTokens.dataSync());
      for (const [index, value] of a!.entries()) expect(b![index]).toBeCloseTo(value, 5);
    });
    for (const one of [encoder, larger]) one.dispose();
  });
});
