// The whole program on next to nothing: what it writes, and that an interruption changes none of it.

import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Interrupted, type MaskedImageRecipe, type SelectedBackend, selectBackend } from '@semmae/pipeline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ReproOptions } from './options';
import { type Preset, presets } from './presets';
import { repro } from './repro';
import type { Results } from './results';

const model: MaskedImageRecipe = {
  ...presets.quick.model,
  encoder: { patchSize: 8, width: 24, depth: 1, heads: 3 },
  decoder: { width: 16, depth: 1, heads: 2 },
  views: { ...presets.quick.model.views, size: 32 },
  batchSize: 12,
};

const smallest: Preset = {
  summary: 'for tests',
  imageSize: 32,
  model,
  partEncoder: { ...model, masking: 'random', keptShare: 1 },
  parts: { batchSize: 12 },
  images: { pretrain: 24, probeTrain: 80, probeTest: 16 },
  steps: { partEncoder: 2, parts: 2, pretrain: 4 },
  seeds: 1,
  strategies: ['random', 'semantic-grid'],
};

let backend: SelectedBackend;
let scratch: string;
beforeAll(async () => {
  backend = await selectBackend('cpu');
  scratch = mkdtempSync(join(tmpdir(), 'semmae-repro-'));
});
afterAll(() => rmSync(scratch, { recursive: true }));

const options = (name: string, changes: Partial<ReproOptions> = {}): ReproOptions => ({
  preset: 'quick',
  data: undefined,
  out: join(scratch, name),
  seeds: 2,
  strategies: ['random', 'semantic-grid'],
  backend: 'cpu',
  jobs: 2,
  resume: false,
  ...changes,
});
const never = new AbortController().signal;

describe('repro', () => {
  let uninterrupted: Results;

  it('writes results of the promised shape and a report without outside references', async () => {
    ({ results: uninterrupted } = await repro(options('whole'), { backend, signal: never, preset: smallest }));
    const written = JSON.parse(readFileSync(join(scratch, 'whole', 'results.json'), 'utf8')) as Results;
    expect(written).toEqual(uninterrupted);
    expect(Object.keys(written)).toEqual([
      'parts',
      'probe',
      'pixelsBaseline',
      'untrainedBaseline',
      'majority',
      'seconds',
      'versions',
    ]);
    expect(written.parts.map(({ guide }) => guide)).toEqual(['learned', 'grid']);
    for (const { fgAri, fgNmi } of written.parts) expect([fgAri, fgNmi]).not.toContain(null);
    expect(written.probe.map(({ strategy, seed }) => `${strategy} ${seed}`)).toEqual([
      'random 0',
      'semantic-grid 0',
      'random 1',
      'semantic-grid 1',
    ]);
    for (const { linear, knn, imagesPerSecond } of written.probe) {
      for (const share of [linear, knn, written.pixelsBaseline, ...written.untrainedBaseline!])
        expect(share! >= 0 && share! <= 1).toBe(true);
      expect(imagesPerSecond).toBeGreaterThan(0);
    }
    const report = readFileSync(join(scratch, 'whole', 'report.html'), 'utf8');
    expect(report).not.toMatch(/(src|href)="https?:/);
    for (const title of [
      'Masking strategies',
      'Learned parts',
      'Part quality',
      'Masks',
      'Reconstructions',
      'Loss curves',
      'Before you believe it',
      'How this was made',
    ]) {
      expect(report).toContain(title);
    }
  }, 120_000);

  it('gives the same numbers after an interruption in the middle of a model', async () => {
    const abort = new AbortController();
    const interruptAt = join(scratch, 'halves', 'models', 'semantic-grid-seed0');
    const watch = setInterval(() => {
      if (existsSync(interruptAt)) abort.abort();
    }, 1);
    await expect(repro(options('halves'), { backend, signal: abort.signal, preset: smallest })).rejects.toThrow(
      Interrupted,
    );
    clearInterval(watch);
    expect(existsSync(join(scratch, 'halves', 'results.json'))).toBe(false);

    const { results } = await repro(options('halves', { resume: true }), { backend, signal: never, preset: smallest });
    const accuracies = ({ probe }: Results) =>
      probe.map(({ strategy, seed, linear, knn }) => ({ strategy, seed, linear, knn }));
    expect(results.parts).toEqual(uninterrupted.parts);
    expect(accuracies(results)).toEqual(accuracies(uninterrupted));
  }, 120_000);

  it('refuses a folder without images, in one line', async () => {
    const empty = join(scratch, 'empty');
    mkdirSync(empty);
    writeFileSync(join(empty, 'notes.txt'), 'no image');
    await expect(repro(options('none', { data: empty }), { backend, signal: never, preset: smallest })).rejects.toThrow(
      /^[^\n]*got[^\n]*$/,
    );
  });
});
