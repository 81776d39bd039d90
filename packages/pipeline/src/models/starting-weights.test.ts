import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { partDataset } from '@semmae/data';
import type { ViTEncoderConfig } from '@semmae/vit';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { tinyModel } from '../__fixtures__/tiny';
import { tinyDistillation, tinyMAE } from '../__fixtures__/tiny-recipes';
import { type SelectedBackend, selectBackend } from '../backends/select-backend';
import { pretrain } from '../stages/pretrain';
import type { EncoderModel } from './encoder-file';
import { loadEncoder } from './load-model';

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

  it('says in one line which size differs, before anything is written', async () => {
    for (const [config, got] of [
      [{ width: 24 }, 'width 24, depth 1, heads 3, patches of 4'],
      [{ depth: 2 }, 'width 12, depth 2, heads 3, patches of 4'],
      [{ heads: 2 }, 'width 12, depth 1, heads 2, patches of 4'],
      [{ patchSize: 2 }, 'width 12, depth 1, heads 3, patches of 2'],
    ] as const) {
      const run = pretrain({ data, recipe, startFrom: start(config), out: folder('wrong') });
      await expect(run).rejects.toThrow(
        `\`startFrom\`: the encoder must have the sizes of the recipe ${recipe.name}: width 12, depth 1, heads 3, patches of 4, got ${got}; `,
      );
    }
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
