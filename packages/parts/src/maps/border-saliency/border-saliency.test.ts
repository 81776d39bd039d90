import { borderPatches, createPatchGrid, createRng, type PatchGrid } from '@semmae/core';
import { describe, expect, it } from 'vitest';

import { otsuThreshold } from '../otsu-threshold';
import { borderLikenessSaliency } from './border-likeness-saliency';
import { borderPathSaliency } from './border-path-saliency';

const grid = createPatchGrid(7, 11);
const channels = 5;

/** Tokens of `inside` where the image shows the object, of `outside` elsewhere, both with noise. */
function world(isObject: (row: number, column: number) => boolean, noise: number, seed = 3): Float32Array {
  const rng = createRng(seed);
  const [inside, outside] = [0, 1].map(() => Float32Array.from({ length: channels }, () => rng.normal()));
  return Float32Array.from({ length: grid.patchCount * channels }, (_, index) => {
    const patch = Math.floor(index / channels);
    const of = isObject(Math.floor(patch / grid.columns), patch % grid.columns) ? inside! : outside!;
    return 100 * (index % channels) + of[index % channels]! + noise * rng.normal(); // a loud offset that says nothing
  });
}

/** Share of patches on the right side of Otsu's cut. */
function accuracy(saliency: Float32Array, isObject: (row: number, column: number) => boolean): number {
  const threshold = otsuThreshold(saliency);
  const right = Array.from(saliency, (score, patch) => {
    return score >= threshold === isObject(Math.floor(patch / grid.columns), patch % grid.columns) ? 1 : 0;
  });
  return right.reduce<number>((sum, one) => sum + one, 0) / right.length;
}

const blob = (row: number, column: number) => row >= 2 && row <= 4 && column >= 1 && column <= 5;
const ring = (row: number, column: number) => blob(row, column) && !(row === 3 && column >= 2 && column <= 4);

describe.each([
  ['borderPathSaliency', borderPathSaliency],
  ['borderLikenessSaliency', borderLikenessSaliency],
])('%s', (name, saliencyOf) => {
  it('tells an object from what lies along the border, wherever it stands', () => {
    const saliency = saliencyOf({ tokens: world(blob, 0.05), channels, grid });
    // the 3x3 means of the likeness blur the outline
    expect(accuracy(saliency, blob)).toBeGreaterThan(name === 'borderPathSaliency' ? 0.99 : 0.85);
    expect(saliency.every((score) => score >= 0)).toBe(true);
  });

  it('does not care for the scale or offset of channels', () => {
    const tokens = world(blob, 0.3);
    const changed = tokens.map((value, index) => 2 ** (index % channels) * value + 8 * (index % channels));
    const [one, other] = [tokens, changed].map((some) => saliencyOf({ tokens: some, channels, grid }));
    for (const [patch, score] of one!.entries()) expect(other![patch]).toBeCloseTo(score, 3); // float32 beside offsets of 400
  });

  it('is mirrored with the image', () => {
    const tokens = world(blob, 0.3);
    const mirror = (patch: number) => patch - (patch % grid.columns) + grid.columns - 1 - (patch % grid.columns);
    const mirrored = Float32Array.from(tokens, (_, index) => {
      return tokens[mirror(Math.floor(index / channels)) * channels + (index % channels)]!;
    });
    const [one, other] = [tokens, mirrored].map((some) => saliencyOf({ tokens: some, channels, grid }));
    // the channels' sums are taken in another order
    for (const [patch, score] of one!.entries()) expect(other![mirror(patch)]).toBeCloseTo(score, 4);
  });

  it('is flat for a blank image, so that nothing is cut', () => {
    const saliency = saliencyOf({ tokens: new Float32Array(grid.patchCount * channels).fill(0.1), channels, grid });
    expect(new Set(saliency).size).toBe(1);
    expect(otsuThreshold(saliency)).toBe(saliency[0]);
  });

  it('takes a grid that is all border', () => {
    const line = createPatchGrid(1, 3);
    expect(saliencyOf({ tokens: Float32Array.of(1, 2, 5), channels: 1, grid: line }).every(Number.isFinite)).toBe(true);
    const dot = createPatchGrid(1, 1);
    expect(saliencyOf({ tokens: Float32Array.of(7), channels: 1, grid: dot })).toHaveLength(1);
  });

  it('refuses tokens of another size', () => {
    expect(() => saliencyOf({ tokens: new Float32Array(7), channels, grid })).toThrow(
      `${name}: tokens must hold 385 values, got 7; leave out the class token`,
    );
  });
});

describe('borderPathSaliency', () => {
  it('is the shortest of all paths, as Floyd and Warshall find them', () => {
    const tokens = world(ring, 0.8, 11);
    const saliency = borderPathSaliency({ tokens, channels, grid });
    const all = allDistances(tokens, grid);
    const border = borderPatches(grid);
    for (const [patch, length] of saliency.entries()) {
      expect(length).toBeCloseTo(Math.min(...Array.from(border, (end) => all[patch]![end]!)), 5); // float32
    }
  });

  it('takes what the object encloses for the object; likeness does not', () => {
    const tokens = world(ring, 0.02);
    const [path, likeness] = [borderPathSaliency, borderLikenessSaliency].map((rule) =>
      rule({ tokens, channels, grid }),
    );
    const middle = 3 * grid.columns + 3;
    expect(path![middle]! >= otsuThreshold(path!)).toBe(true);
    expect(likeness![middle]).toBeLessThan(Math.max(...likeness!));
  });
});

/** Distances of all pairs over the four neighbors, tokens standardized the long way round. */
function allDistances(tokens: Float32Array, { rows, columns, patchCount }: PatchGrid): number[][] {
  const column = (channel: number) =>
    Array.from({ length: patchCount }, (_, patch) => tokens[patch * channels + channel]!);
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const standard = Array.from({ length: channels }, (_, channel) => {
    const values = column(channel);
    const center = mean(values);
    const deviation = Math.sqrt(mean(values.map((value) => (value - center) ** 2)));
    return values.map((value) => (value - center) / deviation);
  });
  const token = (patch: number) => standard.map((values) => values[patch]!);
  const dot = (a: number[], b: number[]) => a.reduce((sum, value, index) => sum + value * b[index]!, 0);
  const cosine = (a: number[], b: number[]) => dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
  const distances = Array.from({ length: patchCount }, (_, one) =>
    Array.from({ length: patchCount }, (_, other) => {
      const apart =
        Math.abs(Math.floor(one / columns) - Math.floor(other / columns)) +
        Math.abs((one % columns) - (other % columns));
      if (apart > 1) return Number.POSITIVE_INFINITY;
      return apart === 0 ? 0 : 1 - cosine(token(one), token(other));
    }),
  );
  for (let via = 0; via < rows * columns; via++) {
    for (const from of distances) {
      from.forEach((length, to) => {
        from[to] = Math.min(length, from[via]! + distances[via]![to]!);
      });
    }
  }
  return distances;
}
