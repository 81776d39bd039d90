// Every method and every stage on images of other than three channels.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { selfDistillationRecipe } from '@semmae/train';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { channeledData } from '../__fixtures__/channeled-data';
import { tinyAdversarial, tinyDistillation, tinyMAE, tinySemMAE } from '../__fixtures__/tiny-recipes';
import { type SelectedBackend, selectBackend } from '../backends/select-backend';
import type { PretrainRecipe } from '../recipes/pretrain-recipe';
import { pretrain } from './pretrain';

let scratch: string;
let backend: SelectedBackend;
beforeAll(async () => {
  backend = await selectBackend('cpu');
  scratch = mkdtempSync(join(tmpdir(), 'semmae-channels-'));
});
afterAll(() => rmSync(scratch, { recursive: true }));

const { encoder, head, views, batchSize } = tinyDistillation;
const distillation = (name: 'dino-small' | 'ibot-small' | 'attmask-small' | 'mst-small') => {
  const { dropPath: _drawn, ...own } = selfDistillationRecipe(name).encoder;
  return { ...selfDistillationRecipe(name), encoder: { ...own, ...encoder }, head, views, batchSize, name: `tiny-${name}` };
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

describe.each([1, 2, 4, 10])('%i channels', (channels) => {
  it.each(Object.keys(recipes))('train by %s, with losses that are finite and fall', async (method) => {
    const losses: number[] = [];
    const began = performance.now();
    const model = await pretrain({
      ...{ data: channeledData(channels), recipe: recipes[method]!, steps: 16, seed: 1, compile: backend.compile },
      ...(method === 'semmae' && { masking: 'random', keptShare: 1 }),
      out: join(scratch, `${method} ${channels}`),
      onStep: ({ loss }) => losses.push(loss),
    });
    console.log(method, channels, ((performance.now() - began) / 1000).toFixed(1), losses.map((x) => x.toFixed(2)).join(' '));
    expect(losses.every(Number.isFinite)).toBe(true);
    expect(model.encoder.channels).toBe(channels);
  }, 120_000);
});
