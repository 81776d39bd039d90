// Every method from images to a model, on networks that take a second.

import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { createPatchGrid } from '@semmae/core';
import { openPartShard, partDataset, withPartMaps } from '@semmae/data';
import { randomMasking } from '@semmae/masking';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { tinyData, tinyEncoder } from '../__fixtures__/tiny';
import { tinyAdversarial, tinyDistillation, tinyMAE, tinySemMAE } from '../__fixtures__/tiny-recipes';
import { type SelectedBackend, selectBackend } from '../backends/select-backend';
import { maskedImageBatches } from '../batches/masked-image-batches';
import { type EncoderModel, saveEncoder } from '../models/encoder-file';
import { loadEncoder, loadModel } from '../models/load-model';
import { createPredictor } from '../predictors/create-predictor';
import { Interrupted } from '../runs/interrupted';
import { extractParts } from './extract-parts';
import { type PretrainOptions, pretrain } from './pretrain';
import { showMasks } from './show-masks';
import { showParts } from './show-parts';

let scratch: string;
let backend: SelectedBackend;
let encoder: EncoderModel;
beforeAll(async () => {
  backend = await selectBackend('cpu');
  scratch = mkdtempSync(join(tmpdir(), 'semmae-methods-'));
  await saveEncoder(join(scratch, 'encoder.safetensors'), tinyEncoder());
  encoder = await loadEncoder(join(scratch, 'encoder.safetensors'));
});
afterAll(() => rmSync(scratch, { recursive: true }));

const data = tinyData(11);
const options = (name: string, changes: Partial<PretrainOptions> = {}): PretrainOptions => ({
  data,
  recipe: tinySemMAE,
  steps: 4,
  partSteps: 2,
  encoder,
  out: join(scratch, name),
  compile: backend.compile,
  ...changes,
});
const at = (...names: string[]) => join(scratch, ...names);

/** Aborts once so many steps of the model itself are done. */
function stopAt(step: number): Pick<PretrainOptions, 'signal' | 'onStep'> {
  const abort = new AbortController();
  return { signal: abort.signal, onStep: (progress) => progress.step === step && abort.abort() };
}

describe('pretrain with SemMAE', () => {
  it('makes parts, maps and model, and the same ones after an interruption in each stage', async () => {
    const whole = await pretrain(options('whole'));
    for (const name of ['parts/parts.safetensors', 'part-maps.safetensors', 'model.safetensors']) {
      expect(existsSync(at('whole', name))).toBe(true);
    }
    const stored = await loadModel(at('whole'));
    expect([stored.hash, stored.decoder?.width]).toEqual([whole.hash, 8]);

    const abort = new AbortController();
    const onProgress = ({ title }: { title: string }) => title === 'Learning parts' && abort.abort();
    await expect(pretrain(options('halves', { signal: abort.signal, onProgress }))).rejects.toThrow(Interrupted);
    expect(existsSync(at('halves', 'part-maps.safetensors'))).toBe(false);
    await expect(pretrain(options('halves', stopAt(2)))).rejects.toThrow(Interrupted);
    expect(existsSync(at('halves', 'model.safetensors'))).toBe(false);
    expect((await pretrain(options('halves'))).hash).toBe(whole.hash);
    expect(readFileSync(at('halves', 'part-maps.safetensors'))).toEqual(
      readFileSync(at('whole', 'part-maps.safetensors')),
    );
    expect((await pretrain(options('halves', { resume: 'require' }))).hash).toBe(whole.hash); // finished: nothing is done
  }, 120_000);

  it('trains its own part encoder where none is given', async () => {
    const square = partDataset({ seed: 3, count: 5, height: 32, width: 32 });
    await pretrain(options('own', { data: square, encoder: undefined, encoderSteps: 1, steps: 1 }));
    const own = await loadEncoder(at('own', 'part-encoder'));
    expect([own.provenance?.recipe, own.provenance?.steps]).toEqual(['mae-small', 1]);

    // The run folder serves as `parts` of what comes after, images that were held out included.
    const shown = { data: square, parts: at('own'), images: 2 };
    await showParts({ ...shown, out: at('parts.png') });
    rmSync(at('own', 'part-maps.safetensors'));
    const { encoder: _, ...again } = options('again', { data: square, parts: at('own'), steps: 1 });
    await pretrain({ ...again, heldOut: 1 });
    expect([existsSync(at('again', 'part-encoder')), existsSync(at('again', 'parts'))]).toEqual([false, false]);
    for (const heldOut of [1, 0]) {
      await showMasks({ ...shown, parts: at('again'), heldOut, masking: ['semantic'], patchSize: 8, out: at('m.png') });
    }
    const foreign = partDataset({ seed: 3, count: 2, height: 32, width: 32, split: 'probe-test' });
    const others = { data: foreign, parts: at('again'), masking: ['semantic'], out: at('none.png') };
    await expect(showMasks(others)).rejects.toThrow(/must hold the maps of every image/);
  }, 120_000);

  it('takes maps that are there, if they say which patches to keep', async () => {
    const shard = at('whole', 'part-maps.safetensors');
    const changes = { encoder: undefined, steps: 1 };
    await pretrain(options('given', { ...changes, parts: shard }));
    await pretrain(options('of a run', { ...changes, parts: at('whole') }));
    expect([existsSync(at('given', 'parts')), existsSync(at('of a run', 'part-encoder'))]).toEqual([false, false]);
    const grid = await createPredictor({
      method: 'grid',
      imageSize: { height: 20, width: 28 },
      grid: { rows: 5, columns: 7 },
    });
    await extractParts({ predictor: grid, data, out: at('labels.safetensors') });
    await expect(pretrain(options('labels', { ...changes, parts: at('labels.safetensors') }))).rejects.toThrow(
      /must hold a score for each patch, which tells the patches to keep or to mask, got labels alone; [^\n]*`keptShare` to 1$/,
    );
    await pretrain(options('all', { ...changes, parts: at('labels.safetensors'), keptShare: 1 }));
  }, 120_000);

  it('learns no parts for masks that only look at scores', async () => {
    await pretrain(options('attended', { recipe: tinyMAE, masking: 'attention,mode=high', steps: 1 }));
    expect([existsSync(at('attended', 'parts')), existsSync(at('attended', 'part-maps.safetensors'))]).toEqual([
      false,
      true,
    ]);
  }, 60_000);
});

describe('maskedImageBatches of kept patches', () => {
  it('uses the patches with the highest scores, moved with the image, and no others', async () => {
    const shard = await openPartShard(at('whole', 'part-maps.safetensors'));
    const mapped = await withPartMaps(data, shard);
    const grid = createPatchGrid(5, 7); // that of the shard, so that its scores can be compared
    const recipe = { ...tinySemMAE, views: { ...tinySemMAE.views, size: 28 }, epochs: 3 };
    const before = tf.memory().numTensors;
    const masking = randomMasking({ maskRatio: 0.75 });
    const options = { data: mapped, recipe, stepsPerEpoch: 2, masking, grid, seed: 2 };
    const batch = await maskedImageBatches(options).batch(1, 0);
    const [visible, masked] = [batch.visible, batch.masked].map((tensor) => tensor.arraySync() as number[][]);
    expect([visible![0]!.length, masked![0]!.length]).toEqual([2, 6]); // 8 of 35 are kept, 2 of them seen
    const scores = Array.from({ length: 11 }, (_, index) => shard.readSync(index).scores!);
    visible!.forEach((seen, row) => {
      const used = [...seen, ...masked![row]!];
      expect(new Set(used).size).toBe(8);
      const explained = scores.some((ofImage) =>
        [false, true].some((flip) => {
          const place = (patch: number) => (flip ? patch - (patch % 7) + 6 - (patch % 7) : patch);
          const least = Math.min(...used.map((patch) => ofImage[place(patch)]!));
          const others = Array.from(ofImage, (_, patch) => patch).filter((patch) => !used.includes(patch));
          return others.every((patch) => ofImage[place(patch)]! <= least);
        }),
      );
      expect(explained).toBe(true);
    });
    tf.dispose(batch);
    expect(tf.memory().numTensors).toBe(before);
    shard.close();
  });
});

describe('the length of a run', () => {
  it('can grow with a constant learning rate, to the weights of a run that was as long from the start', async () => {
    const changes = { recipe: { ...tinyMAE, warmupEpochs: 1 }, steps: undefined, schedule: 'constant' as const };
    const long = await pretrain(options('long', { ...changes, epochs: 4 }));
    const short = await pretrain(options('grown', { ...changes, epochs: 2 }));
    expect(short.provenance?.steps).toBe(4);
    const grown = await pretrain(options('grown', { ...changes, epochs: 4 }));
    expect([grown.provenance?.steps, grown.hash]).toEqual([8, long.hash]);
  }, 60_000);

  it('is fixed where the learning rate or the masks follow it, and says why', async () => {
    await pretrain(options('cosine', { recipe: tinyMAE }));
    await expect(pretrain(options('cosine', { recipe: tinyMAE, steps: 8 }))).rejects.toThrow(
      /`epochs` must be 2, as when the run began, got 4; it is fixed as the learning rate falls to 0 over the whole length[^\n]*$/,
    );
    const constant = { schedule: 'constant', steps: undefined } as const;
    await pretrain(options('semantic', { ...constant, epochs: 1 }));
    await expect(pretrain(options('semantic', { ...constant, epochs: 2 }))).rejects.toThrow(
      /`epochs` must be 1, [^\n]*; it is fixed as semantic masks grow harder over the whole length/,
    );
  }, 60_000);
});

describe('pretrain with ADIOS', () => {
  it('keeps the encoder, and the same one after an interruption', async () => {
    const changes = { recipe: tinyAdversarial, encoder: undefined };
    const before = tf.memory().numTensors;
    const whole = await pretrain(options('adios', changes));
    expect(whole.encoder.width).toBe(12);
    whole.encoder.dispose();
    expect(tf.memory().numTensors).toBe(before);
    await expect(pretrain(options('adios halves', { ...changes, ...stopAt(2) }))).rejects.toThrow(Interrupted);
    expect((await pretrain(options('adios halves', changes))).hash).toBe(whole.hash);
  }, 120_000);
});

describe('options that do not fit together', () => {
  it.each<[string, Partial<PretrainOptions>, RegExp]>([
    ['gamma', { recipe: tinyMAE, gamma: 3 }, /`gamma` belongs to semantic masking, got 3 for random/],
    ['kept share', { recipe: tinyDistillation, keptShare: 0.5 }, /`keptShare` belongs to the methods mae and semmae/],
    [
      'masks of ADIOS',
      { recipe: tinyAdversarial, masking: 'random' },
      /`masking` must be left out where masks are learned/,
    ],
    ['method and recipe', { method: 'dino', recipe: 'mae-small' }, /recipe. of the method dino must begin with dino-/],
    ['counts', { recipe: tinyMAE, masking: 'published-block' }, /must hide as many patches of every image of a batch/],
    [
      'places',
      { masking: 'block:0.6' },
      /needs all patches, as those that are kept have no rows and columns, got block:0.6/,
    ],
    ['patches', { recipe: tinyMAE, imageSize: 22 }, /`patchSize` must divide the side of the views, 22 pixels, got 4/],
    ['lengths', { recipe: tinyMAE, epochs: 2, steps: 3 }, /given by `epochs` or by `steps`, got 2 epochs and 3 steps/],
    ['schedule', { recipe: tinyDistillation, schedule: 'constant' }, /`schedule` of self-distillation must be cosine/],
  ])('%s', async (_, changes, message) => {
    const run = pretrain(options('wrong', changes));
    await expect(run).rejects.toThrow(message);
    await expect(run).rejects.toThrow(/^[^\n]+$/);
    expect(existsSync(at('wrong'))).toBe(false);
  });

  it('says that a batch holds fewer images than asked for', async () => {
    const warnings: string[] = [];
    const onWarning = (message: string) => warnings.push(message);
    await pretrain(options('few', { recipe: { ...tinyMAE, batchSize: 40 }, steps: 1, onWarning }));
    expect(warnings).toEqual(['batches hold 11 images instead of 40: there are no more']);
  });
});
