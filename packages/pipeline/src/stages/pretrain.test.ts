import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { partDataset } from '@semmae/data';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { tinyDistillation as recipe } from '../__fixtures__/tiny-recipes';
import { type SelectedBackend, selectBackend } from '../backends/select-backend';
import { viewBatches } from '../batches/view-batches';
import { loadEncoder } from '../models/load-model';
import { trainedImagesOf } from '../models/trained-images';
import { Interrupted } from '../runs/interrupted';
import { type PretrainOptions, pretrain } from './pretrain';

let scratch: string;
let backend: SelectedBackend;
beforeAll(async () => {
  backend = await selectBackend('cpu');
  scratch = mkdtempSync(join(tmpdir(), 'semmae-encoder-'));
});
afterAll(() => rmSync(scratch, { recursive: true }));

const data = partDataset({ seed: 1, count: 11, height: 24, width: 32 });
const options = (name: string, changes: Partial<PretrainOptions> = {}): PretrainOptions => ({
  data,
  recipe,
  steps: 4,
  out: join(scratch, name),
  compile: backend.compile,
  ...changes,
});

describe('pretrain by self-distillation', () => {
  it('keeps the teacher, and ends with the same one after an interruption', async () => {
    const whole = await pretrain(options('whole'));
    expect(whole.provenance).toEqual({
      trainedImages: trainedImagesOf(data),
      recipe: 'tiny',
      data: data.name,
      imageCount: 11,
      seed: 0,
      steps: 4,
      imageSize: { height: 24, width: 32 },
      role: 'teacher',
    });
    const loaded = await loadEncoder(whole.path);
    expect([loaded.hash, loaded.encoder.width, loaded.encoder.grid.patchCount]).toEqual([whole.hash, 12, 16]);

    const abort = new AbortController();
    const onProgress = ({ done }: { done: number }) => {
      if (done === 3) abort.abort();
    };
    const halves = pretrain(options('halves', { signal: abort.signal, onProgress }));
    await expect(halves).rejects.toThrow(Interrupted);
    expect(existsSync(join(scratch, 'halves', 'model.safetensors'))).toBe(false);
    expect((await pretrain(options('halves', { resume: 'require' }))).hash).toBe(whole.hash);
    await expect(pretrain(options('halves', { seed: 1 }))).rejects.toThrow('`seed` must be 0, as when the run began');
  }, 60_000);
});

describe('viewBatches', () => {
  it('depends on epoch and batch alone and lays views out view by view', async () => {
    const { batch: views } = viewBatches({ data, recipe, batchSize: 5, seed: 2 });
    const first = await views(1, 1);
    expect([first.globals, first.locals].map((all) => (all as Float32Array).length)).toEqual([
      2 * 5 * 16 * 16 * 3,
      5 * 8 * 8 * 3,
    ]);
    await views(0, 0);
    expect(await views(1, 1)).toEqual(first);
    expect(await views(2, 1)).not.toEqual(first);
    const globals = first.globals as Float32Array;
    const view = (place: number) => globals.slice(place * 768, (place + 1) * 768);
    const distinct = new Set(Array.from({ length: 10 }, (_, place) => view(place).join()));
    expect(distinct.size).toBe(10);
  });
});
