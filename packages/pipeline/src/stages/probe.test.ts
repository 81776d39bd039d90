import { createRng, stackRows } from '@semmae/core';
import { applyView, fullView, type ImageDataset, subset } from '@semmae/data';
import { heldOutSplit, kNearestNeighbors, linearProbe } from '@semmae/evaluation';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';

import { imageSize, provenance, tinyData, tinyModel } from '../__fixtures__/tiny';
import { type SelectedBackend, selectBackend } from '../backends/select-backend';
import { encodeFeatures } from '../features/encode-features';
import { meanToken } from '../features/mean-token';
import type { EncoderModel } from '../models/encoder-file';
import { trainedImagesOf } from '../models/trained-images';
import { compareProbes } from './compare-probes';
import { type ProbeOptions, probe } from './probe';
import type { ProbeResult } from './probe-result';
import { probeTable } from './probe-table';

// On the engine: the backend of tfjs takes half a minute for one probe of 3072 pixels.
let compile: SelectedBackend['compile'];
let model: EncoderModel;
beforeAll(async () => {
  ({ compile } = await selectBackend('cpu'));
  model = tinyModel();
});
const run = (options: Omit<ProbeOptions, 'model'> & Partial<ProbeOptions>) => probe({ model, compile, ...options });
const data = tinyData(73); // 8 classes in turn
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index);
const [train, test] = [subset(data, range(0, 53)), subset(data, range(53, 73))];

/** The same images with other labels. */
const relabeled = (
  labelAt: (index: number) => number | undefined,
  classNames?: string[],
  of: ImageDataset = data,
): ImageDataset => ({
  ...of,
  classNames,
  get: async (index) => ({ ...(await of.get(index)), label: labelAt(index) }),
});

describe('probe with a test set', () => {
  it('is the protocols on rows of one’s own: class and mean tokens side by side, and pixels at 32', async () => {
    const rowsOf = async (set: ImageDataset) => {
      const images = await Promise.all(range(0, set.length).map((index) => set.get(index)));
      const { features } = await encodeFeatures(model, set, { compile });
      return {
        labels: images.map(({ label }) => label!),
        features: stackRows(
          features.flatMap(({ classToken, patchTokens }) => [classToken, meanToken(patchTokens, classToken.length)]),
        ),
        pixels: stackRows(images.map((image) => applyView(image, fullView(image), { height: 32, width: 32 }))),
      };
    };
    const [known, judged] = [await rowsOf(train), await rowsOf(test)];
    const sets = (kind: 'features' | 'pixels') => ({
      ...{
        trainFeatures: known[kind],
        trainLabels: known.labels,
        testFeatures: judged[kind],
        testLabels: judged.labels,
      },
      ...{ width: kind === 'features' ? 24 : 3072, classCount: 8 },
    });
    const result = await run({ data: train, test, pooling: 'both', neighbors: [20, 54] });
    const [linear, knn, pixels] = [
      await linearProbe(sets('features')),
      await kNearestNeighbors(sets('features')), // k = 20
      await linearProbe(sets('pixels')),
    ];
    expect(
      result.scores.map(({ protocol, k, accuracy, top5Accuracy }) => [protocol, k, accuracy, top5Accuracy]),
    ).toEqual([
      ['linear', undefined, one(linear.accuracy), one(linear.top5Accuracy!)],
      ['knn', 20, one(knn.accuracy), one(knn.top5Accuracy!)],
    ]);
    expect(result.pixels[0]!.accuracy).toEqual(one(pixels.accuracy));
    expect(result).toMatchObject({
      seeds: [0],
      heldOutShare: null,
      width: 24,
      chance: 1 / 8,
      pooling: 'both',
      imageSize,
    });
    expect(result.leftOut).toEqual({ unlabeled: 0, classes: [], neighbors: [54] });
    expect(result.classes).toEqual(
      data.classNames!.map((name, label) => ({
        name,
        train: known.labels.filter((other) => other === label).length,
        test: judged.labels.filter((other) => other === label).length,
      })),
    );
    // classes 0 to 4 have 7 training images, the others 6; the first of them has 20 - 17 = 2 or 3 of the 20 test images
    expect(result.majority).toBe(judged.labels.filter((label) => label === 0).length / 20);
    const counts = judged.labels.map((label, row) => (label === 3 ? Number(linear.predictions[row] === 3) : -1));
    const ofThree = counts.filter((count) => count >= 0);
    expect(result.scores[0]!.classAccuracies[3]).toBe(ofThree.reduce((sum, hit) => sum + hit, 0) / ofThree.length);
  }, 90_000);

  it('matches classes by name, and counts images of others', async () => {
    const few = { protocols: ['knn'], neighbors: [5], pixels: false } as const;
    const shuffled = [...data.classNames!].reverse();
    const other = relabeled((index) => 7 - ((53 + index) % 8), shuffled, test);
    const [plain, byName] = [await run({ data: train, test, ...few }), await run({ data: train, test: other, ...few })];
    expect((await test.get(4)).label).toBe(57 % 8);
    expect(byName.scores).toEqual(plain.scores);
    const unknown = relabeled((index) => (index < 3 ? undefined : index % 2), [data.classNames![1]!, 'yeti'], test);
    const result = await run({ data: train, test: unknown, ...few });
    expect(result.leftOut).toEqual({ unlabeled: 3, classes: [{ name: 'yeti', images: 9 }], neighbors: [] });
    expect(result.classes.map((one) => one.test)).toEqual([0, 8, 0, 0, 0, 0, 0, 0]);
    expect(result.scores[0]!.classAccuracies.map((value) => value === null)).toEqual(
      range(0, 8).map((label) => label !== 1),
    );
    const foreign = relabeled(() => 0, ['yeti'], test);
    await expect(run({ data: train, test: foreign, ...few })).rejects.toThrow(
      /^probe: test images must be of the classes [^\n]*, got none$/,
    );
    await expect(run({ data: train, test, seeds: 2 })).rejects.toThrow(
      '`seeds` and `heldOutShare` must be left out where there is a `test` set, got seeds 2',
    );
  });
});

describe('probe by splits', () => {
  const options = { data, seeds: 3, heldOutShare: 0.3, neighbors: [7, 3, 200], pixels: false };
  let result: ProbeResult;
  beforeAll(async () => {
    result = await run(options); // what is compiled stays
    const before = tf.memory().numTensors;
    expect(await run(options)).toEqual(result);
    expect(tf.memory().numTensors).toBe(before);
  }, 60_000);

  it('judges the splits of the seeds, the same for every model', async () => {
    const labels = range(0, 73).map((index) => index % 8);
    const { features } = await encodeFeatures(model, data, { compile });
    const values: number[] = [];
    for (const seed of [0, 1, 2]) {
      const { fitted, heldOut } = heldOutSplit(labels, 0.3, createRng(seed).split('probe'), { least: 1 });
      const pick = (rows: Int32Array) => stackRows(Array.from(rows, (row) => features[row]!.classToken));
      const sets = {
        ...{ trainFeatures: pick(fitted), trainLabels: fitted.map((row) => labels[row]!) },
        ...{ testFeatures: pick(heldOut), testLabels: heldOut.map((row) => labels[row]!), width: 12, classCount: 8 },
      };
      values.push((await kNearestNeighbors({ ...sets, k: 7 })).accuracy);
    }
    expect(result.scores.map(({ protocol, k }) => [protocol, k])).toEqual([
      ['linear', undefined],
      ['knn', 7],
      ['knn', 3],
    ]);
    expect(result.scores[1]!.accuracy.values).toEqual(values);
    const mean = values.reduce((sum, value) => sum + value, 0) / 3;
    expect(result.scores[1]!.accuracy.mean).toBeCloseTo(mean, 12);
    const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
    expect(result.scores[1]!.accuracy.spread).toBeCloseTo(Math.sqrt(squares / 2), 12);
    // 10 images of class 0, 9 of the others; floor(0.3 · 10) = 3 and floor(0.3 · 9) = 2 are held out
    expect(result.classes.map((one) => [one.train, one.test])).toEqual([[7, 3], ...new Array(7).fill([7, 2])]);
    expect([result.chance, result.majority]).toEqual([1 / 8, 3 / 17]);
    expect(JSON.parse(JSON.stringify(result))).toEqual(result);
  });

  it('pairs with another model, and with no other splits', async () => {
    const other = await run({ ...options, model: tinyModel({ seed: 5 }) });
    const compared = compareProbes(result, other);
    expect(compared.map(({ protocol, k }) => [protocol, k])).toEqual(
      result.scores.map(({ protocol, k }) => [protocol, k]),
    );
    const [a, b] = [result.scores[2]!.accuracy.values, other.scores[2]!.accuracy.values];
    expect(compared[2]!.differences).toEqual(a.map((value, seed) => value - b[seed]!));
    expect(() => compareProbes(result, { ...other, seeds: [0, 1] })).toThrow(
      'compareProbes: both results must be of the same images, classes, seeds and held-out share',
    );
  });

  it('prints in 80 columns', () => {
    const withPixels = { ...result, pixels: result.scores };
    const table = probeTable(withPixels);
    expect(probeTable(result)).not.toMatch(/^accuracy.* pixels$/m);
    expect(table.split('\n')[3]).toBe('accuracy, %             features      among five          pixels');
    expect(table).toMatch(/^linear probe +\d+\.\d ± \d+\.\d +\d+\.\d ± \d+\.\d +\d+\.\d ± \d+\.\d$/m);
    expect(table).toContain('chance 12.5, always the largest class 17.6');
    expect(table).toContain('Left out: k = 200, more than there are images to train on.');
    const long = {
      ...withPixels,
      data: { ...result.data, name: 'x'.repeat(200) },
      leftOut: { ...result.leftOut, classes: range(0, 30).map((place) => ({ name: `class ${place}`, images: 1 })) },
    };
    for (const line of probeTable(long).split('\n')) expect(line.length).toBeLessThanOrEqual(80);
    expect(probeTable(long)).toContain('25 more');
  });

  it('says how many test images the model was trained on', async () => {
    const few = { data, seeds: 2, protocols: ['knn'], neighbors: [1], pixels: false } as const;
    const trainedOn = (images?: ImageDataset) => ({
      ...model,
      provenance: { ...provenance, data: data.name, trainedImages: images && trainedImagesOf(images) },
    });
    const splits = [0, 1].map((seed) =>
      heldOutSplit(
        range(0, 73).map((index) => index % 8),
        0.2,
        createRng(seed).split('probe'),
        { least: 1 },
      ),
    );
    const tested = new Set(splits.flatMap(({ heldOut }) => [...heldOut]));
    const seen = range(0, 73).filter((index) => tested.has(index) && index >= 11).length;
    const trained = trainedOn(subset(data, range(11, 73)));
    expect((await run({ model: trained, ...few })).pretrainedOnTestImages).toBe(seen);
    expect((await run({ ...few })).pretrainedOnTestImages).toBe(0); // of another data set
    expect((await run({ model: trainedOn(), ...few })).pretrainedOnTestImages).toBeNull();
    const bare = await run({ ...few, model: { encoder: model.encoder }, pixels: true });
    expect([bare.model, bare.pretrainedOnTestImages]).toEqual([null, null]);
    // no model is in the pixels
    const other = await run({ ...few, model: tinyModel({ seed: 5 }), pixels: true });
    expect(other.pixels).toEqual(bare.pixels);
    expect(other.scores).not.toEqual(bare.scores);
    expect(probeTable(bare)).toContain('Not known: which test images');
  });

  it('leaves out what has no label or no second image of its class, and says so', async () => {
    const sizes = relabeled(
      (index) => (index < 2 ? undefined : index < 3 ? 0 : index < 5 ? 1 : 2),
      ['one', 'two', 'many'],
    );
    const few = { protocols: ['knn'], neighbors: [1], pixels: false } as const;
    const { classes, leftOut } = await run({ data: sizes, ...few });
    expect(leftOut).toMatchObject({ unlabeled: 2, classes: [{ name: 'one', images: 1 }] });
    expect(classes).toEqual([
      { name: 'two', train: 1, test: 1 },
      { name: 'many', train: 55, test: 13 },
    ]);
    await expect(run({ data: relabeled(() => undefined), ...few })).rejects.toThrow(
      'probe: the images must have class labels, got none; put the images of each class into a folder of its own',
    );
    await expect(run({ data: relabeled((index) => Math.min(index, 1), ['a', 'b']), ...few })).rejects.toThrow(
      'probe: there must be at least 2 classes of at least 2 images, got b alone',
    );
    await expect(run({ data, ...few, heldOutShare: 1 })).rejects.toThrow('`heldOutShare` must lie strictly between 0');
    await expect(run({ data, ...few, signal: AbortSignal.abort() })).rejects.toThrow('interrupted');
  });

  it('is perfect on colors and at chance on coins', async () => {
    const colors = (label: (index: number) => number): ImageDataset => ({
      ...relabeled(label, ['dark', 'bright']),
      async get(index) {
        const { id, height, width } = await data.get(index);
        const pixels = new Uint8Array(height * width * 3).fill(index % 2 === 0 ? 20 + index : 150 + index);
        return { id, height, width, channels: 3, pixels, label: label(index) };
      },
    });
    const told = await run({ data: colors((index) => index % 2), neighbors: [1], seeds: 2 });
    for (const { accuracy } of [...told.scores, ...told.pixels])
      expect(accuracy).toEqual({ values: [1, 1], mean: 1, spread: 0 });
    const rng = createRng(3);
    const coins = range(0, 73).map(() => rng.integer(2));
    const untold = await probe({
      model,
      data: colors((index) => coins[index]!),
      neighbors: [5],
      seeds: 5,
      pixels: false,
    });
    // 5 splits of 14 test images, which overlap: four deviations of a coin over the 73 images
    for (const { accuracy } of untold.scores)
      expect(Math.abs(accuracy.mean - 0.5)).toBeLessThan(4 * (0.5 / Math.sqrt(73)));
  });
});

function one(value: number) {
  return { values: [value], mean: value, spread: null };
}
