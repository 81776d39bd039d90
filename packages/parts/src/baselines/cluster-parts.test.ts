// The baselines that cluster: patch features, and color with position.

import { createPatchGrid, createRng } from '@semmae/core';
import { describe, expect, it } from 'vitest';

import { partScorer } from '../metrics/part-scorer';
import { colorPositionParts } from './color-position-parts';
import { kMeansParts } from './k-means-parts';

describe('kMeansParts', () => {
  const grid = createPatchGrid(3, 5);
  const dimensions = 7;
  const rng = createRng(31);
  const prototypes = Array.from({ length: 4 }, () => Array.from({ length: dimensions }, () => 3 * rng.normal()));
  const draw = () => {
    const truth = Uint8Array.from({ length: 15 }, () => rng.integer(4));
    const features = Array.from(truth, (part) => prototypes[part]!.map((value) => value + 0.2 * rng.normal()));
    return { truth, features: Float32Array.from(features.flat()) };
  };

  it.each(['euclidean', 'cosine'] as const)('finds planted parts in images it has not seen, %s', (distance) => {
    const features = Array.from({ length: 11 }, () => draw().features);
    const clusters = kMeansParts({ features, dimensions, grid, partCount: 4, rng: createRng(1), distance });
    const images = Array.from({ length: 5 }, draw);
    const predicted = images.flatMap((image) => [...clusters.assign(image.features)]);
    expect(new Set(predicted)).toEqual(new Set([1, 2, 3, 4]));
    const scorer = partScorer();
    scorer.add({ predicted, truth: images.flatMap(({ truth }) => [...truth]) });
    expect(scorer.scores().ari).toBe(1);
  });

  it('names images that do not fit', () => {
    const fit = (features: Float32Array[]) => () => kMeansParts({ features, dimensions, grid, partCount: 4, rng });
    expect(fit([draw().features, new Float32Array(16 * 7)])).toThrow(
      'kMeansParts, image 1: features must hold 105 values, got 112; 3x5 patches of 7 values, without the class token',
    );
    expect(fit([])).toThrow('kMeansParts: there must be training images, got none');
  });
});

describe('colorPositionParts', () => {
  const grid = createPatchGrid(2, 3);
  const red = [250, 10, 10];
  const blue = [10, 10, 250];
  /** Pixels [6, 9], each patch of 3x3 in its color. */
  const paint = (colors: number[][]) => ({
    height: 6,
    width: 9,
    pixels: Uint8Array.from(
      Array.from(
        { length: 54 },
        (_, pixel) => colors[Math.floor(pixel / 27) * 3 + Math.floor((pixel % 9) / 3)]!,
      ).flat(),
    ),
  });

  it('tells colors apart, and the same color in two places only by position', () => {
    const images = [paint([red, blue, red, red, blue, red]), paint([blue, blue, red, red, blue, red])];
    const color = colorPositionParts({ images, grid, partCount: 2, rng: createRng(1), positionWeight: 0 });
    const [a, b] = [...color.assign(paint([red, blue, blue, blue, blue, red]))];
    expect(Array.from(color.assign(paint([red, blue, blue, blue, red, red])))).toEqual([a, b, b, b, a, a]);
    const place = colorPositionParts({ images, grid, partCount: 2, rng: createRng(1), positionWeight: 100 });
    const parts = place.assign(images[0]!);
    expect(place.assign(images[1]!)).toEqual(parts);
    expect(new Set(parts)).toEqual(new Set([1, 2]));
  });

  it('clusters pixels of any number of channels', () => {
    // one channel of five tells the halves apart
    const halves = Uint8Array.from({ length: 6 * 9 * 5 }, (_, index) => {
      if (index % 5 === 3) return Math.floor(index / 5 / 9) < 3 ? 20 : 230;
      return 100;
    });
    const image = { height: 6, width: 9, channels: 5, pixels: halves };
    const parts = colorPositionParts({
      ...{ images: [image], grid: createPatchGrid(2, 3), partCount: 2, positionWeight: 0, rng: createRng(1) },
    }).assign(image);
    const [top, bottom] = [[...parts.subarray(0, 3)], [...parts.subarray(3)]];
    expect(new Set(top).size + new Set(bottom).size).toBe(2);
    expect(top[0]).not.toBe(bottom[0]);
  });

  it('asks for as many pixels as there should be', () => {
    const image = { height: 6, width: 9, pixels: new Uint8Array(54) };
    expect(() => colorPositionParts({ images: [image], grid, partCount: 2, rng: createRng(1) })).toThrow(
      'colorPositionParts: pixels must hold 162 values, got 54; 3 values per pixel',
    );
  });
});
