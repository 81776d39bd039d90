import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { createPatchGrid, createRng } from '@semmae/core';
import { type ImageDataset, partDataset, writePartShard } from '@semmae/data';
import { randomMasking, semanticMasking } from '@semmae/masking';
import { maskColor, maskPicture } from '@semmae/report';
import { MAEDecoder } from '@semmae/vit';
import * as tf from '@tensorflow/tfjs-core';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { provenance, tinyEncoder } from '../__fixtures__/tiny';
import { saveModel } from '../models/encoder-file';
import { drawMasks } from '../panels/draw-masks';
import { panelImages } from '../panels/panel';
import { reconstruct } from '../panels/reconstruct';
import { type ShowMasksOptions, showMasks } from './show-masks';
import { showReconstructions } from './show-reconstructions';

const size = { height: 20, width: 28 };
const grid = createPatchGrid(5, 7);
const data: ImageDataset = partDataset({ seed: 5, count: 7, ...size });

let scratch: string;
beforeAll(async () => {
  scratch = mkdtempSync(join(tmpdir(), 'semmae-show-'));
  await writeShard('shard', 'float16');
  await writeShard('labels', 'none');
  const encoder = tinyEncoder();
  const decoder = new MAEDecoder({ grid, patchSize: 4, encoderWidth: 12, width: 8, depth: 1, heads: 2 });
  decoder.variables();
  await saveModel(join(scratch, 'mae'), { encoder, decoder, provenance });
  await saveModel(join(scratch, 'encoder'), { encoder, provenance });
});
afterAll(() => rmSync(scratch, { recursive: true }));

/** Parts are columns of the grid, scores rise from patch to patch. */
async function writeShard(name: string, scores: 'float16' | 'none'): Promise<void> {
  const writer = await writePartShard(join(scratch, name), {
    ...{ grid: { rows: 5, columns: 7 }, partCount: 6, hasBackground: true, scores, imageSize: size },
    ...{ encoder: { id: 'none', hash: '0'.repeat(64) }, softmaxAxis: 'unknown', cropPolicy: 'none' },
    ...{ blur: 'none', background: 'none' },
  });
  for (let index = 0; index < data.length; index++) {
    await writer.append({
      ...{ id: data.idAt(index), fingerprint: await data.fingerprint(index) },
      labels: Uint8Array.from({ length: 35 }, (_, patch) => patch % 7),
      ...(scores !== 'none' && { scores: Float32Array.from({ length: 35 }, (_, patch) => patch) }),
    });
  }
  await writer.finish();
}

const out = () => join(scratch, 'panel.png');

/** Share of the pixels of a panel that have the gray of masks. */
async function grayShare(path: string): Promise<number> {
  const { data: pixels } = await sharp(path).raw().toBuffer({ resolveWithObject: true });
  let gray = 0;
  for (let offset = 0; offset < pixels.length; offset += 3) {
    if (maskColor.every((value, channel) => pixels[offset + channel] === value)) gray += 1;
  }
  return gray / (pixels.length / 3);
}

describe('showMasks', () => {
  const options = { data, images: 3, imageSize: size, patchSize: 4 };

  it('has a column for each strategy, and one for each moment where the strategy changes with it', async () => {
    const widthOf = async (masking: string[]) => {
      const path = await showMasks({ ...options, masking, parts: join(scratch, 'shard'), out: out() });
      expect(await grayShare(path)).toBeGreaterThan(0.1);
      return (await sharp(path).metadata()).width;
    };
    const [one, two, scheduled] = [
      await widthOf(['random']),
      await widthOf(['random', 'block']),
      await widthOf(['semantic']),
    ];
    expect(scheduled - one).toBe(2 * (two - one));
  });

  it.each([
    [{ masking: ['semantic'] }, /^`parts`: semantic must have part maps to follow, got no `parts`/],
    [{ masking: ['attention'] }, /^`parts`: attention-high must have a score for each patch, got no `parts`/],
    [{ masking: ['random'], keptShare: 0.5 }, /^`parts`: `keptShare` below 1 must have a score for each patch/],
    [{ masking: ['attention'], parts: 'labels' }, /labels, which holds labels alone/],
    [{ masking: ['random'], parts: '.' }, /^`parts`: `parts` must hold part maps, got .*, which holds no maps/],
    [{ masking: ['random'], patchSize: 3 }, /patches of 3 pixels must divide both sides/],
    [{ masking: ['stripes'] }, /^masking: the name must be one of random, /],
  ] as [Partial<ShowMasksOptions> & { masking: string[] }, RegExp][])(
    'says what is missing: %j',
    async (changes, message) => {
      const { parts } = changes;
      const path = parts && join(scratch, parts);
      await expect(showMasks({ ...options, ...changes, parts: path, out: out() })).rejects.toThrow(message);
    },
  );
});

describe('drawMasks', () => {
  it('names every patch once, drops those with the lowest scores, and changes by the schedule alone', async () => {
    const images = await panelImages(data, 3, size);
    const scores = Float32Array.from({ length: 35 }, (_, patch) => patch);
    const labels = Uint8Array.from({ length: 35 }, (_, patch) => patch % 7);
    const guided = images.map((one) => ({ ...one, image: { ...one.image, patchParts: { grid, labels, scores } } }));
    const draw = (progress: number, masking = semanticMasking()) =>
      drawMasks(guided, { masking, keptShare: 0.6, grid, progress, rng: createRng(2) });
    for (const { visible, masked, dropped } of draw(1)) {
      expect([...dropped]).toEqual(Array.from({ length: 14 }, (_, patch) => patch)); // 21 = floor(0.6 · 35) are kept
      expect([...visible, ...masked, ...dropped].sort((a, b) => a - b)).toEqual(
        Array.from({ length: 35 }, (_, n) => n),
      );
    }
    expect(draw(1)).toEqual(draw(1));
    expect(draw(1)).not.toEqual(draw(0));
    const random = randomMasking({ maskRatio: 0.5 });
    expect(draw(1, random)).toEqual(draw(0, random));
  });
});

describe('showReconstructions', () => {
  it('draws a model with a decoder, frees it, and refuses one without in a line', async () => {
    const options = { data, images: 2, out: out() };
    const before = tf.memory().numTensors;
    const path = await showReconstructions({ ...options, model: join(scratch, 'mae'), maskRatio: 0.6 });
    expect(await grayShare(path)).toBeGreaterThan(0.05);
    await expect(showReconstructions({ ...options, model: join(scratch, 'encoder') })).rejects.toThrow(
      /^`model`: .*encoder must hold a decoder, which draws reconstructions, got an encoder alone; choose a model/,
    );
    const guided = { masking: 'semantic', parts: join(scratch, 'shard'), keptShare: 0.6 };
    await showReconstructions({ ...options, ...guided, model: join(scratch, 'mae') });
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('reconstruct', () => {
  it('keeps visible patches, darkens dropped ones, and puts predictions into masked ones alone', async () => {
    const [image] = await panelImages(data, 1, size);
    const encoder = tinyEncoder();
    const decoder = new MAEDecoder({ grid, patchSize: 4, encoderWidth: 12, width: 8, depth: 1, heads: 2 });
    const patches = Array.from({ length: 35 }, (_, patch) => patch);
    const pick = (wanted: number) => Int32Array.from(patches.filter((patch) => patch % 3 === wanted));
    const [visible, masked, dropped] = [pick(0), pick(1), pick(2)];
    const draw = (normalizePixels: boolean) =>
      reconstruct(image!, { visible, masked, dropped }, { encoder, decoder, normalizePixels });
    const redrawn = await draw(false); // builds the decoder
    const before = tf.memory().numTensors;
    const plain = await draw(true);
    expect(tf.memory().numTensors).toBe(before);
    const covered = maskPicture({ image: image!.picture, grid, masked, dropped });
    let differing = 0;
    for (let pixel = 0; pixel < 20 * 28; pixel++) {
      const patch = Math.floor(pixel / 28 / 4) * 7 + Math.floor((pixel % 28) / 4);
      const rgb = (picture: { pixels: Uint8Array }) => [...picture.pixels.subarray(3 * pixel, 3 * pixel + 3)];
      if (patch % 3 === 0) expect(rgb(redrawn)).toEqual(rgb(image!.picture));
      else if (patch % 3 === 2) expect(rgb(redrawn)).toEqual(rgb(covered));
      else if (rgb(redrawn).join() !== rgb(plain).join()) differing += 1;
    }
    expect(differing).toBeGreaterThan(0);
    tf.dispose([...encoder.variables(), ...decoder.variables()]);
  });
});
