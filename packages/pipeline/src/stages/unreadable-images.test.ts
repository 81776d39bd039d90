import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { arraySource, imageDataset, openPartShard, subset, withPartMaps } from '@semmae/data';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { imageSize, tinyData, tinyModel } from '../__fixtures__/tiny';
import { tinyMAE } from '../__fixtures__/tiny-recipes';
import { type SelectedBackend, selectBackend } from '../backends/select-backend';
import { createPredictor } from '../predictors/create-predictor';
import { Interrupted } from '../runs/interrupted';
import { embed } from './embed';
import { evaluateShard } from './evaluate-shard';
import { extractParts } from './extract-parts';
import { type PretrainOptions, pretrain } from './pretrain';
import { probe } from './probe';

let scratch: string;
let backend: SelectedBackend;
beforeAll(async () => {
  backend = await selectBackend('cpu');
  scratch = mkdtempSync(join(tmpdir(), 'semmae-unreadable-'));
});
afterAll(() => rmSync(scratch, { recursive: true }));

const count = 19;
const broken = [3, 4, 18];
const sound = Array.from({ length: count }, (_, index) => index).filter((index) => !broken.includes(index));
const model = tinyModel();

/** Drawn images, some of them files of nonsense. */
async function damagedData() {
  const drawn = tinyData(count);
  const samples = await Promise.all(Array.from({ length: count }, (_, index) => drawn.sample(index)));
  for (const index of broken) samples[index] = { image: Uint8Array.of(1, 2, 3), label: index % 8 };
  const source = arraySource(samples, { name: 'damaged', classNames: drawn.classNames });
  return imageDataset(source, { imageSize }, { maxUnreadable: 0.2 });
}

describe('stages on images some of which cannot be read', () => {
  it('leave the row out of features, in an interrupted call as in a whole one', async () => {
    const data = await damagedData();
    const out = (name: string) => join(scratch, `${name}.npy`);
    const whole = await embed({ model, data, out: out('whole'), batchSize: 5 });
    expect([whole.count, whole.encoded, data.leftOut.summary()]).toEqual([16, 16, '3 unrecognized']);
    const { files } = JSON.parse(readFileSync(`${out('whole')}.json`, 'utf8')) as { files: string[] };
    expect(files).toEqual(sound.map(String));
    await embed({ model, data: subset(data, sound), out: out('sound'), batchSize: 5 });
    expect(readFileSync(out('whole')).equals(readFileSync(out('sound')))).toBe(true);

    const abort = new AbortController();
    const halves = { model, data: await damagedData(), out: out('halves'), batchSize: 5 };
    const onProgress = ({ done }: { done: number }) => done >= 7 && abort.abort();
    await expect(embed({ ...halves, signal: abort.signal, onProgress })).rejects.toThrow(Interrupted);
    expect((await embed({ ...halves, data: await damagedData() })).encoded).toBe(11);
    expect(readFileSync(out('halves')).equals(readFileSync(out('whole')))).toBe(true);
    expect((await embed({ ...halves, data: await damagedData() })).count).toBe(16); // the finished file says so
  });

  it('leave the row out of a probe', async () => {
    const seen = await probe({
      model,
      data: await damagedData(),
      pixels: false,
      seeds: 1,
      neighbors: [1],
      protocols: ['knn'],
    });
    const data = subset(await damagedData(), sound);
    const alone = await probe({ model, data, pixels: false, seeds: 1, neighbors: [1], protocols: ['knn'] });
    expect(seen.scores).toEqual(alone.scores);
    expect(seen.data.images).toBe(count);
  });

  it('leave them out of a shard, which is then the shard of all images', async () => {
    const data = await damagedData();
    const predictor = await createPredictor({
      method: 'ground-truth',
      training: data,
      imageSize,
      grid: { rows: 5, columns: 7 },
    });
    const out = join(scratch, 'parts.safetensors');
    expect(await extractParts({ predictor, data, out, batchSize: 4 })).toMatchObject({ count: 16, predicted: 16 });
    const shard = await openPartShard(out);
    expect([...shard.ids]).toEqual(sound.map(String));
    const mapped = await withPartMaps(await damagedData(), shard);
    expect((await mapped.get(5)).patchParts!.labels).toHaveLength(35);
    shard.close();
    expect((await evaluateShard({ shard: out, data: await damagedData() })).everywhere!.nmi).toBeGreaterThan(0.3);
    const mended = subset(tinyData(count), sound.slice(0, 2));
    await expect(evaluateShard({ shard: out, data: mended })).rejects.toThrow('2 of 2 missing'); // other names
  });

  it('train on the next one, the same in every run and after an interruption', async () => {
    const options = async (name: string, changes: Partial<PretrainOptions> = {}): Promise<PretrainOptions> => ({
      ...{ data: await damagedData(), recipe: tinyMAE, steps: 6, out: join(scratch, name), compile: backend.compile },
      ...changes,
    });
    const whole = await pretrain(await options('whole'));
    expect(whole.provenance!.imageCount).toBe(count);
    const abort = new AbortController();
    const onProgress = ({ done, unit }: { done: number; unit: string }) =>
      unit === 'steps' && done === 4 && abort.abort();
    await expect(pretrain(await options('halves', { signal: abort.signal, onProgress }))).rejects.toThrow(Interrupted);
    expect((await pretrain(await options('halves', { resume: 'require' }))).hash).toBe(whole.hash);
  }, 60_000);

  it('stop where the data set says that it is enough', async () => {
    const drawn = tinyData(9);
    const samples = await Promise.all(Array.from({ length: 9 }, (_, index) => drawn.sample(index)));
    samples[2] = { image: Uint8Array.of(1) };
    const data = imageDataset(arraySource(samples), { imageSize }, { unreadable: 'fail' });
    const out = join(scratch, 'none.npy');
    await expect(embed({ model, data, out })).rejects.toThrow(/^array: every image must be readable, got 2: /);
  });
});
