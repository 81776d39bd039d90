import { createPatchGrid, createRng } from '@semmae/core';
import { describe, expect, it } from 'vitest';

import { evaluateParts } from './evaluate-parts';
import { partScorer } from './part-scorer';

const grid = createPatchGrid(3, 5);
const partCount = 4;

/** Two images whose sizes are no multiple of the grid, with labels 0, 2, 7 and 255. */
function smallSet() {
  const rng = createRng(17);
  const parts = () => Uint8Array.from({ length: 15 }, () => rng.integer(partCount + 1));
  const predictions = [0, 1].map(() => ({
    parts: parts(),
    foreground: Uint8Array.from({ length: 15 }, () => 1 + rng.integer(partCount)),
    saliency: Float32Array.from({ length: 15 }, () => rng.uniform()),
    mirrored: parts(),
  }));
  const truths = [
    [7, 11],
    [13, 17],
  ].map(([height, width]) => ({
    height: height!,
    width: width!,
    ignore: 255,
    labels: Uint8Array.from({ length: height! * width! }, () => [0, 2, 7, 255][rng.integer(4)]!),
  }));
  return { predictions, truths };
}

describe('evaluateParts', () => {
  it('equals painting the patches over the pixels and scoring these', () => {
    const { predictions, truths } = smallSet();
    const paint = (labels: Uint8Array, { height, width }: { height: number; width: number }) =>
      Array.from({ length: height * width }, (_, pixel) => {
        const row = Math.floor(((Math.floor(pixel / width) + 0.5) * grid.rows) / height);
        return labels[row * grid.columns + Math.floor((((pixel % width) + 0.5) * grid.columns) / width)]!;
      });
    const scorer = partScorer();
    scorer.add({
      predicted: predictions.flatMap(({ parts }, image) => paint(parts, truths[image]!)),
      foreground: predictions.flatMap(({ foreground }, image) => paint(foreground, truths[image]!)),
      truth: truths.flatMap(({ labels }) => [...labels]),
      ignore: 255,
    });
    const slow = scorer.scores();
    const { everywhere, foreground } = evaluateParts({ predictions, truths, grid, partCount });
    // the same counts, in the same order
    expect([everywhere!.nmi, everywhere!.ari, foreground!.nmi, foreground!.ari]).toEqual([
      slow.nmi,
      slow.ari,
      slow.fgNmi,
      slow.fgAri,
    ]);
    expect([everywhere!.trueLabels, foreground!.trueLabels]).toEqual([
      [0, 2, 7],
      [2, 7],
    ]);
    expect(foreground!.predictedLabels).toEqual([1, 2, 3, 4]);
  });

  it('has no foreground scores, not perfect ones, where no pixel is foreground', () => {
    const { predictions, truths } = smallSet();
    const scored = (label: (value: number) => number) => {
      const changed = truths.map((truth) => ({ ...truth, labels: truth.labels.map(label) }));
      return evaluateParts({ predictions, truths: changed, grid, partCount });
    };
    const empty = scored((value) => (value === 255 ? 255 : 0));
    expect([empty.foreground, empty.foregroundImageCount]).toEqual([null, 0]);
    expect(empty.everywhere!.trueLabels).toEqual([0]);
    expect(scored(() => 255)).toMatchObject({ everywhere: null, foreground: null, object: { iou: null, auc: null } });
    expect(scored((value) => value).foregroundImageCount).toBe(2);
  });

  it('takes labels of 16 bits, and any of them to be ignored', () => {
    const { predictions, truths } = smallSet();
    const names = new Map([
      [0, 0],
      [2, 300],
      [7, 65_535],
      [255, 40_000],
    ]);
    const wide = truths.map((truth) => ({
      ...truth,
      ignore: 40_000,
      labels: Uint16Array.from(truth.labels, (label) => names.get(label)!),
    }));
    const [narrow, large] = [truths, wide].map((given) =>
      evaluateParts({ predictions, truths: given, grid, partCount }),
    );
    expect(large!.everywhere!.trueLabels).toEqual([0, 300, 65_535]);
    expect({ ...large!.foreground, trueLabels: [2, 7] }).toEqual(narrow!.foreground);
    expect(large!.object).toEqual(narrow!.object);
  });

  it('is perfect for the truth, and its record survives JSON', () => {
    const parts = Uint8Array.from({ length: 15 }, (_, patch) => [0, 1, 2, 1, 0][patch % 5]!);
    const labels = Uint8Array.from({ length: 6 * 10 }, (_, pixel) => [0, 9, 5, 9, 0][(pixel % 10) >> 1]!);
    const evaluation = evaluateParts({
      predictions: [{ parts, saliency: parts, mirrored: parts }],
      truths: [{ labels, height: 6, width: 10 }],
      grid,
      partCount: 2,
    });
    const perfect = { nmi: 1, ari: 1, miou: 1, manyToOneIou: 1, mergedMiou: 1, purity: 1 };
    expect(evaluation.everywhere).toMatchObject({ ...perfect, predictedLabels: [0, 1, 2], trueLabels: [0, 5, 9] });
    expect(evaluation.foreground).toMatchObject({ ...perfect, matches: [1, 0] });
    expect(evaluation).toMatchObject({
      object: { iou: 1, auc: 1 },
      flipConsistency: { miou: 1, backgroundIou: 1 },
      components: 1.5,
      usage: { dead: [], shares: [0.4, 0.4, 0.2] },
      imageCount: 1,
      partCount: 2,
    });
    expect(JSON.parse(JSON.stringify(evaluation))).toEqual(evaluation);
  });

  it('needs no truth, no saliency and no mirrored images', () => {
    const evaluation = evaluateParts({ predictions: [{ parts: new Uint8Array(15).fill(1) }], grid, partCount });
    expect(evaluation).toMatchObject({ everywhere: null, foreground: null, object: null, flipConsistency: null });
    expect(evaluation).toMatchObject({ cropConsistency: null, landmarks: null });
    expect(evaluation.usage.dead).toEqual([2, 3, 4]);
  });

  it('compares crops with the places that they show, without background, and finds landmarks', () => {
    const parts = Uint8Array.from({ length: 15 }, (_, patch) => [0, 1, 2, 1, 0][patch % 5]!);
    const foreground = parts.map((part) => Math.max(part, 1));
    const source = Int32Array.from({ length: 15 }, (_, patch) => (patch < 5 ? -1 : 14 - patch));
    const view = Uint8Array.from(source, (patch) => (patch < 0 ? 2 : foreground[patch]!));
    const truths = [{ labels: parts, height: 3, width: 5 }];
    const predictions = [{ parts, foreground, cropped: { parts: view, source } }];
    const landmarkTraining = { predictions, truths };
    const evaluation = evaluateParts({ predictions, truths, landmarkTraining, grid, partCount: 2 });
    expect(evaluation.cropConsistency).toEqual({ miou: 1, partIou: [1, 1], backgroundIou: null });
    expect(evaluation.landmarks!.perLandmark).toEqual([0, 0]);
    expect(JSON.parse(JSON.stringify(evaluation))).toEqual(evaluation);
    const cropped = { parts: view, source: source.subarray(1) };
    expect(() => evaluateParts({ predictions: [{ parts, cropped }], grid, partCount: 2 })).toThrow(
      'source must hold 15 values, got 14',
    );
  });

  it('names the image and the list that do not fit', () => {
    const { predictions, truths } = smallSet();
    const evaluate =
      (change: object, truth: object = {}) =>
      () =>
        evaluateParts({
          predictions: [predictions[0]!, { ...predictions[1]!, ...change }],
          truths: [truths[0]!, { ...truths[1]!, ...truth }],
          grid,
          partCount,
        });
    expect(evaluate({ parts: new Uint8Array(16) })).toThrow(
      'evaluateParts, image 1: parts must hold 15 values, got 16; the grid has 3x5 patches',
    );
    expect(evaluate({ mirrored: new Uint8Array(15).fill(5) })).toThrow('mirrored must hold ids of at most 4, got 5');
    expect(evaluate({}, { width: 16 })).toThrow('evaluateParts, image 1: pixels must hold 208 values, got 221');
    expect(evaluate({}, { height: 2 })).toThrow('height must be an integer of at least 3, got 2');
    expect(() => evaluateParts({ predictions, truths: [], grid, partCount })).toThrow(
      'truths must hold 2 values, got 0',
    );
  });
});
