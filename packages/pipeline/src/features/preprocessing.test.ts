import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { openSafetensors } from '@semmae/checkpoints';
import { createRng, type Preprocessing } from '@semmae/core';
import { frameImage, normalizePixels, openPartShard } from '@semmae/data';
import { type Picture, writePng } from '@semmae/report';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { tinyEncoder, tinyModel } from '../__fixtures__/tiny';
import { tinyMAE, tinySemMAE } from '../__fixtures__/tiny-recipes';
import { type SelectedBackend, selectBackend } from '../backends/select-backend';
import { type EncoderModel, saveModel } from '../models/encoder-file';
import { loadEncoder } from '../models/load-model';
import { describeParts } from '../models/parts-file';
import { embed } from '../stages/embed';
import { evaluateShard } from '../stages/evaluate-shard';
import { exportModel } from '../stages/export-model';
import { extractFromFiles } from '../stages/extract-parts';
import { learnParts } from '../stages/learn-parts';
import { pretrain } from '../stages/pretrain';
import { showParts } from '../stages/show-parts';

/** As of weights of another project: 5 x 7 patches of 4 pixels, of images that are not ours. */
const preprocessing: Preprocessing = {
  mean: [0.5, 0.4, 0.6],
  standardDeviation: [0.5, 0.25, 0.3],
  imageSize: { height: 16, width: 16 },
  framing: { interpolation: 'bilinear', cropFraction: 0.8 },
};

let scratch: string;
let backend: SelectedBackend;
let model: EncoderModel;
const pictures: Picture[] = [];
const sides = [
  [37, 53],
  [61, 29],
  [23, 31],
  [41, 41],
  [30, 67],
] as const;
beforeAll(async () => {
  backend = await selectBackend('cpu');
  scratch = mkdtempSync(join(tmpdir(), 'semmae-preprocessing-'));
  const rng = createRng(4);
  for (const [index, [height, width]] of sides.entries()) {
    const pixels = Uint8Array.from({ length: height * width * 3 }, () => rng.integer(256));
    pictures.push({ height, width, pixels });
    await writePng(join(scratch, `photos/images/${index}.png`), { height, width, pixels });
    const ids = Uint8Array.from({ length: height * width * 3 }, (_, at) =>
      Number(Math.floor(at / 3) % width > width / 2),
    );
    await writePng(join(scratch, `photos/masks/${index}.png`), { height, width, pixels: ids });
  }
  model = await saveModel(join(scratch, 'model.safetensors'), { encoder: tinyEncoder({ seed: 2 }), preprocessing });
});
afterAll(() => rmSync(scratch, { recursive: true }));

const at = (name: string) => join(scratch, name);
const stage = () => ({ data: at('photos'), compile: backend.compile });

/** Class tokens of what `framing` makes of the pictures. */
function tokensOf(framing: NonNullable<Preprocessing['framing']>, side: number): Float32Array {
  return tf.tidy(() => {
    const size = { height: side, width: side };
    const pixels = pictures.map((picture) =>
      normalizePixels(frameImage(picture, size, framing), { statistics: preprocessing }),
    );
    const images = tf.stack(pixels.map((one) => tf.tensor3d(one, [side, side, 3]))) as tf.Tensor4D;
    return model.encoder.encode(images).classToken!.dataSync<'float32'>();
  });
}

describe('preprocessing', () => {
  it('lies in the model file; a file without it has that of every training here', async () => {
    expect((await loadEncoder(at('model.safetensors'))).preprocessing).toEqual(preprocessing);
    const plain = await saveModel(at('plain.safetensors'), tinyModel());
    expect(plain.preprocessing).toEqual({
      ...{ mean: [0.485, 0.456, 0.406], standardDeviation: [0.229, 0.224, 0.225] },
      imageSize: { height: 20, width: 28 },
    });
    expect(plain.hash).not.toBe(model.hash);
    expect((await saveModel(at('again.safetensors'), { encoder: model.encoder })).hash).toBe(model.hash);
  });

  it.each([
    ['that of the model', {}, { interpolation: 'bilinear', cropFraction: 0.8 }, 16],
    ['options', { interpolation: 'bicubic', imageSize: 24 }, { interpolation: 'bicubic', cropFraction: 0.8 }, 24],
    ['options', { cropFraction: 1 }, { interpolation: 'bilinear', cropFraction: 1 }, 16],
  ] as const)('of embed is %s: %o', async (_, options, framing, side) => {
    const out = at(`features ${JSON.stringify(options)}.safetensors`);
    await embed({ model: at('model.safetensors'), out, ...options, ...stage() });
    const file = await openSafetensors(out);
    const got = (await file.read('features')) as Float32Array;
    file.close();
    const expected = tokensOf(framing, side);
    // batches of another size round otherwise
    for (const [index, value] of got.entries()) expect(value).toBeCloseTo(expected[index]!, 4);
    const { statistics, ...record } = JSON.parse(readFileSync(`${out}.json`, 'utf8'));
    expect([record.framing, statistics.mean]).toEqual([framing, preprocessing.mean]);
  });

  it('goes from the encoder to parts, their shard and what looks at it', async () => {
    const encoder = at('model.safetensors');
    const learning = { partCount: 2, decoder: 'tiny', decoderStages: 0, steps: 2, batchSize: 3 } as const;
    await learnParts({ encoder, ...learning, out: at('parts'), ...stage() });
    const { config } = await describeParts(at('parts'));
    const { framing, mean, standardDeviation } = preprocessing;
    expect(config.geometry).toMatchObject({
      ...{ imageSize: preprocessing.imageSize, framing, statistics: { mean, standardDeviation } },
      mapGrid: { rows: 4, columns: 4 },
    });
    const shard = at('maps.safetensors');
    // what the parts were learned on goes before options
    await extractFromFiles({ method: 'learned', encoder, parts: at('parts'), cropFraction: 1, out: shard, ...stage() });
    const { settings, close } = await openPartShard(shard);
    close();
    expect([settings.framing, settings.cropPolicy]).toEqual([framing, 'center crop of 0.8, bilinear']);
    const { foreground } = await evaluateShard({ shard, data: at('photos') });
    expect(foreground?.ari).toEqual(expect.any(Number));
    await showParts({ shard, data: at('photos'), out: at('panel.png') });
    const recipe = { ...tinySemMAE, views: { ...tinySemMAE.views, size: 16 } };
    await pretrain({ recipe, parts: shard, steps: 1, out: at('semmae'), ...stage() }); // the maps lie on the images
  });

  it('is kept by a pre-training that begins with the weights, at the size of its views', async () => {
    const startFrom = tinyModel({ depth: 1, seed: 8 });
    const still = { ...tinyMAE, learningRate: 0, minimumLearningRate: 0 };
    const losses = [];
    for (const known of [preprocessing, undefined]) {
      let loss = Number.NaN;
      const trained = await pretrain({
        ...{ recipe: still, steps: 1, startFrom: { ...startFrom, preprocessing: known }, out: at(`mae ${known}`) },
        ...stage(),
        onStep: (progress) => {
          loss = progress.loss;
        },
      });
      losses.push(loss);
      const { imageSize, ...others } = trained.preprocessing!;
      expect(imageSize).toEqual({ height: 20, width: 20 });
      expect(others.mean).toEqual((known ?? { mean: [0.485, 0.456, 0.406] }).mean);
      expect(others.framing).toEqual(known?.framing);
    }
    expect(losses[0]).not.toBe(losses[1]); // the same views, other numbers
  });

  it('goes into exports', async () => {
    await exportModel({ model: at('model.safetensors'), format: 'safetensors', out: at('timm.safetensors') });
    const file = await openSafetensors(at('timm.safetensors'));
    file.close();
    expect(JSON.parse(file.metadata.preprocessing!)).toEqual({ scale: 1 / 255, ...preprocessing });
    expect(JSON.parse(file.metadata.timm!).img_size).toEqual([16, 16]);
  });
});
