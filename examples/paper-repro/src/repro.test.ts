// The whole program on next to nothing: what it writes, and that an interruption changes none of it.

import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Interrupted, type SelectedBackend, selectBackend } from '@semmae/pipeline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ReproOptions } from './options';
import type { Preset } from './presets';
import { repro } from './repro';
import type { Results } from './results';

const smallest: Preset = {
  summary: 'for tests',
  imageSize: 32,
  patchSize: 8,
  encoder: { width: 24, depth: 1, heads: 3 },
  decoder: { width: 16, depth: 1, heads: 2 },
  batchSize: 12,
  images: { pretrain: 24, probeTrain: 80, probeTest: 16 },
  steps: { partEncoder: 2, parts: 2, pretrain: 4 },
  seeds: 1,
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
  strategies: ['random', 'semantic'],
  backend: 'cpu',
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
    expect(Object.keys(written)).toEqual(['parts', 'probe', 'seconds', 'versions']);
    expect(Object.keys(written.parts!).sort()).toEqual(['ari', 'fgAri', 'fgNmi', 'nmi']);
    expect(written.probe.map(({ strategy, seed }) => `${strategy} ${seed}`)).toEqual([
      'random 0',
      'semantic 0',
      'random 1',
      'semantic 1',
    ]);
    for (const { linear, knn, pixelsBaseline, imagesPerSecond } of written.probe) {
      for (const share of [linear, knn, pixelsBaseline]) expect(share! >= 0 && share! <= 1).toBe(true);
      expect(imagesPerSecond).toBeGreaterThan(0);
    }
    const report = readFileSync(join(scratch, 'whole', 'report.html'), 'utf8');
    expect(report).not.toMatch(/(src|href)="https?:/);
    for (const title of [
      'Masking strategies',
      'Learned parts',
      'Masks of every strategy',
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
    const interruptAt = join(scratch, 'halves', 'models', 'semantic-seed0');
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

  it('refuses a folder without images, in one line and before it makes a run folder', async () => {
    const empty = join(scratch, 'empty');
    mkdirSync(empty);
    writeFileSync(join(empty, 'notes.txt'), 'no image');
    await expect(repro(options('none', { data: empty }), { backend, signal: never, preset: smallest })).rejects.toThrow(
      /^[^\n]*got[^\n]*$/,
    );
    expect(existsSync(join(scratch, 'none'))).toBe(false);
  });
});
