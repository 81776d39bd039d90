import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { partDataset } from '@semmae/data';
import { recipeNetworks } from '@semmae/train';
import { ProjectionHead, resamplePatchEmbedding, type ViTEncoderConfig } from '@semmae/vit';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { tinyModel } from '../__fixtures__/tiny';
import { tinyAdversarial, tinyDistillation, tinyMAE } from '../__fixtures__/tiny-recipes';
import { type SelectedBackend, selectBackend } from '../backends/select-backend';
import { type PretrainOptions, pretrain } from '../stages/pretrain';
import type { EncoderModel, TrainedModel } from './encoder-file';
import { loadEncoder } from './load-model';
import { assignStartingHead, startingNotes } from './starting-weights';

let scratch: string;
let backend: SelectedBackend;
beforeAll(async () => {
  backend = await selectBackend('cpu');
  scratch = mkdtempSync(join(tmpdir(), 'semmae-start-'));
});
afterAll(() => rmSync(scratch, { recursive: true }));

const data = partDataset({ seed: 1, count: 7, height: 24, width: 32 });

/** 5 x 7 patches, where the recipes have 5 x 5 and 4 x 4. */
function start(config: Partial<ViTEncoderConfig> = {}): EncoderModel {
  return tinyModel({ depth: 1, seed: 8, ...config });
}

function tokensOf({ encoder }: EncoderModel): Float32Array {
  return tf.tidy(() => {
    const images = tf.randomNormal<tf.Rank.R4>([2, 20, 28, 3], 0, 1, 'float32', 3);
    return (encoder.apply(images) as tf.Tensor).dataSync<'float32'>();
  });
}

describe.each([
  ['self-distillation', tinyDistillation],
  ['MAE', tinyMAE],
  ['learned masks', tinyAdversarial],
])('startFrom with %s', (kind, recipe) => {
  const folder = (name: string) => join(scratch, `${kind} ${name}`);

  it.each([
    ['sin-cos positions', {}],
    ['recomputed positions', { positionInterpolation: 'recompute' }],
    ['learned positions and a mask token', { positions: 'learned', maskToken: true }],
  ] as const)('begins with those weights on any grid: %s', async (name, config) => {
    const startFrom = start(config);
    const still = { ...recipe, learningRate: 0, minimumLearningRate: 0 };
    const unmoved = await pretrain({
      ...{ data, startFrom, recipe: still, steps: 1, out: folder(name), compile: backend.compile },
    });
    expect(unmoved.provenance?.startedFrom).toEqual({ id: 'tiny 8', hash: startFrom.hash });
    const loaded = await loadEncoder(unmoved.path);
    expect(tokensOf(loaded)).toEqual(tokensOf(startFrom));
    const moved = await pretrain({
      data,
      startFrom,
      recipe,
      steps: 3,
      out: folder(`${name}, moved`),
      compile: backend.compile,
    });
    expect(tokensOf(moved)).not.toEqual(tokensOf(startFrom));
  });

  it('gives the recipe the sizes of the weights, and says them', async () => {
    const startFrom = start({ width: 24, depth: 2, heads: 2, patchSize: 5, imageHeight: 15, imageWidth: 25 });
    const notes: string[] = [];
    const trained = await pretrain({
      ...{ data, recipe, startFrom, steps: 1, out: folder('sizes'), compile: backend.compile },
      onNote: (note) => notes.push(note),
    });
    expect(trained.encoder).toMatchObject({ width: 24, depth: 2, heads: 2, patchSize: 5 });
    expect(notes).toEqual(['begins with tiny 8: width 24, depth 2, 2 heads, patches of 5']);
  });

  it('resamples the patch embedding for other patches', async () => {
    const startFrom = start();
    const still = { ...recipe, learningRate: 0, minimumLearningRate: 0 };
    const notes: string[] = [];
    const trained = await pretrain({
      ...{ data, recipe: still, startFrom, patchSize: 2, steps: 1, out: folder('patches'), compile: backend.compile },
      onNote: (note) => notes.push(note),
    });
    expect(notes[0]).toMatch(/patches of 2, whose embedding is resampled from patches of 4$/);
    const kernelOf = (one: EncoderModel) => one.encoder.namedVariables().get('patch_embed.proj.kernel') as tf.Tensor2D;
    expect(kernelOf(trained).shape).toEqual([2 * 2 * 3, 12]);
    const expected = resamplePatchEmbedding(kernelOf(startFrom), { from: 4, to: 2 });
    expect(kernelOf(trained).dataSync()).toEqual(expected.dataSync());
  });

  it('carries over what the blocks and tokens are', async () => {
    const options = { layerScale: 0.5, registers: 3, mlp: 'swiglu', classToken: false, normEpsilon: 1e-5 } as const;
    const startFrom = start({ ...options, positions: 'learned', finalNorm: 'none', preNorm: true });
    const still = { ...recipe, learningRate: 0, minimumLearningRate: 0 };
    const out = folder('architecture');
    const { path } = await pretrain({ data, recipe: still, startFrom, steps: 1, out, compile: backend.compile });
    const loaded = await loadEncoder(path);
    expect(loaded.encoder.getConfig()).toMatchObject(options);
    expect(tokensOf(loaded)).toEqual(tokensOf(startFrom));
  });

  it('gives tokens a norm where only their mean had one, if the method reads tokens', async () => {
    const startFrom = start({ finalNorm: 'pooled' });
    const notes: string[] = [];
    const { encoder } = await pretrain({
      ...{ data, recipe, startFrom, steps: 1, out: folder('norm'), compile: backend.compile },
      onNote: (note) => notes.push(note),
    });
    expect([encoder.finalNorm, notes.length]).toEqual(kind === 'MAE' ? ['tokens', 2] : ['pooled', 1]);
  });

  it('refuses settings that the weights contradict, before anything is written', async () => {
    const run = (changes: Partial<PretrainOptions>, config?: Partial<ViTEncoderConfig>) =>
      pretrain({ data, recipe, startFrom: start(config), out: folder('wrong'), ...changes });
    await expect(run({ width: 24 })).rejects.toThrow(
      '`startFrom`: `width` must be that of the weights, 12, got 24; leave it out, or choose another file',
    );
    await expect(run({ modelSize: 'tiny' })).rejects.toThrow(/`width` must be that of the weights, 12, got 192/);
    await expect(run({ depth: 2 })).rejects.toThrow(/`depth` must be that of the weights, 1, got 2/);
    const oblong = { patchSize: { height: 4, width: 7 } };
    await expect(run({}, oblong)).rejects.toThrow(/patches must be squares, got 4x7; give the `patchSize`/);
    await expect(run({ startFrom: undefined, family: 'dino' })).rejects.toThrow(
      /^`family`: must be left out where training does not begin with weights of another project, got dino/,
    );
    expect(existsSync(folder('wrong'))).toBe(false);
  });

  it('is part of the run', async () => {
    const options = { data, recipe, steps: 1, out: folder('run') };
    await pretrain({ ...options, startFrom: start() });
    await expect(pretrain(options)).rejects.toThrow(
      /^`resume`: `startFrom` must be "8{64}", as when the run began, got nothing/,
    );
  });
});

describe('startFrom', () => {
  const still = { learningRate: 0, minimumLearningRate: 0 };
  const shared = () => ({ data, steps: 1, compile: backend.compile });

  it('takes over the decoder where its sizes are those of the recipe, else says why not', async () => {
    const recipe = { ...tinyMAE, ...still };
    const trained = await pretrain({ ...shared(), recipe: tinyMAE, out: join(scratch, 'first') });
    const weightsOf = ({ decoder }: TrainedModel) =>
      [...decoder!.namedVariables().values()].map((variable) => variable.dataSync());
    const notes: string[] = [];
    const onNote = (note: string) => notes.push(note);
    const from = { ...shared(), recipe, startFrom: trained.path, onNote, seed: 5 };
    const again = await pretrain({ ...from, out: join(scratch, 'again') });
    expect(weightsOf(again)).toEqual(weightsOf(trained));
    expect(notes.splice(0)).toEqual([
      'begins with tiny-mae on drawn, seed 0: width 12, depth 1, 3 heads, patches of 4'.replace('drawn', data.name),
      'begins with its decoder, too',
    ]);
    const tensors = tf.memory().numTensors;
    const other = await pretrain({ ...from, decoderDepth: 2, out: join(scratch, 'other') });
    for (const layer of [other.encoder, other.decoder!]) layer.dispose();
    expect(tf.memory().numTensors).toBe(tensors); // nothing of the start is left
    expect(notes.splice(0)[1]).toBe(
      'its decoder is left out: it has width 8, depth 1, 2 heads, the recipe width 8, depth 2, 2 heads; `decoderWidth`, `decoderDepth` and `decoderHeads` take it over',
    );
    await pretrain({ ...from, imageSize: 28, out: join(scratch, 'larger') }); // positions of another grid
    expect(notes.splice(0)[1]).toBe('begins with its decoder, too');
    const plain = { ...recipe, normalizePixels: false };
    await pretrain({ ...from, recipe: plain, out: join(scratch, 'plain') });
    expect(notes.splice(0)[1]).toMatch(/left out: it predicts pixels that are normalized in another way/);
    await pretrain({ ...from, recipe: tinyDistillation, out: join(scratch, 'distilled') });
    expect(notes[1]).toBe('its decoder is left out: this method has none');
  });

  it('takes over a projection head that fits', async () => {
    const sizes = { ...tinyDistillation.head, inputWidth: 12 };
    const heads = new Map([
      ['wide', new ProjectionHead({ ...sizes, prototypes: 11, seed: 1 })],
      ['head', new ProjectionHead({ ...sizes, seed: 2 })],
    ]);
    const recipe = { ...tinyDistillation, ...still };
    const { student, teacher } = recipeNetworks(recipe, { seed: 0 });
    for (const { head } of [student, teacher]) {
      assignStartingHead(head, { ...start(), heads });
      const own = head.namedVariables();
      for (const [name, weight] of heads.get('head')!.namedVariables()) {
        expect(own.get(name)!.dataSync()).toEqual(weight.dataSync());
      }
    }
    expect(startingNotes({ ...start(), heads }, recipe, 3)[1]).toBe('begins with its projection head, too');
    heads.delete('head');
    expect(startingNotes({ ...start(), heads }, recipe, 3)[1]).toBe(
      'its projection heads are left out: they have 3 layers 12-16-8, 11 prototypes, the recipe 3 layers 12-16-8, 10 prototypes',
    );
    expect(startingNotes({ ...start(), heads }, tinyMAE, 3)[1]).toBe(
      'its projection heads are left out: this method has none',
    );
  });
});
