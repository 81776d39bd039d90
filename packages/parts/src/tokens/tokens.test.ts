import { createPatchGrid, createRng } from '@semmae/core';
import { describe, expect, it } from 'vitest';

import { placeCode, placeCodeWidth } from './place-code';
import { frameOfPatches } from './place-frame';
import { tokenPreparation } from './token-preparation';
import { tokenScaling } from './token-scaling';

const grid = createPatchGrid(3, 5);
const channels = 7;

function images(count: number): Float32Array[] {
  const rng = createRng(3);
  return Array.from({ length: count }, () =>
    Float32Array.from({ length: 15 * channels }, (_, index) => (index % channels) * rng.normal() - 4),
  );
}

function meanOf(tokens: Float32Array, width: number): number[] {
  const count = tokens.length / width;
  return Array.from({ length: width }, (_, channel) => {
    let sum = 0;
    for (let token = 0; token < count; token++) sum += tokens[token * width + channel]!;
    return sum / count;
  });
}

describe('placeCode', () => {
  it('is cosines from the first row and column to the last', () => {
    const code = placeCode(grid, 0.5);
    expect(code.length).toBe(15 * placeCodeWidth);
    const at = (patch: number) => Array.from(code.subarray(patch * 6, patch * 6 + 6));
    const c = Math.SQRT1_2;
    // y, x for k = 1, 2, 3: at (0, 0), (2, 4), (1, 2) and (0, 1), where x is a quarter
    const expected: [number, number[]][] = [
      [0, [1, 1, 1, 1, 1, 1]],
      [14, [-1, -1, 1, 1, -1, -1]],
      [7, [0, 0, -1, -1, 0, 0]],
      [1, [1, c, 1, 0, 1, -c]],
    ];
    for (const [patch, values] of expected) {
      at(patch).forEach((value, channel) => {
        expect(value).toBeCloseTo(0.5 * values[channel]!, 6); // float32
      });
    }
    expect(Array.from(placeCode(createPatchGrid(1, 1), 1))).toEqual([1, 1, 1, 1, 1, 1]);
    expect(() => placeCode(grid, -1)).toThrow('weight must be between');
  });
});

describe('tokenScaling', () => {
  it('brings every channel to mean 0 and deviation 1 over all patches, and leaves constants finite', async () => {
    const features = images(11);
    const scaling = await tokenScaling(features, channels);
    const { patches } = tokenPreparation({ channels, grid, scaling });
    const all = Float32Array.from(features.flatMap((one) => Array.from(patches(one))));
    meanOf(all, channels).forEach((mean) => {
      expect(mean).toBeCloseTo(0, 5); // float32
    });
    const squares = meanOf(
      all.map((value) => value * value),
      channels,
    );
    expect(squares[0]).toBe(0); // channel 0 is -4 everywhere
    for (const square of squares.slice(1)) expect(square).toBeCloseTo(1, 5);
    async function* later() {
      yield* features;
    }
    expect(await tokenScaling(later(), channels)).toEqual(scaling);
  });

  it('says what it cannot average', async () => {
    await expect(tokenScaling([], channels)).rejects.toThrow('tokenScaling: there must be training images, got none');
    await expect(tokenScaling([new Float32Array(15)], channels)).rejects.toThrow('multiple of 7 long, the channels');
    await expect(tokenScaling([], 0)).rejects.toThrow('channels must be');
  });
});

describe('tokenPreparation', () => {
  it('appends the code behind the scaled channels; the mean of patches is the prepared mean', async () => {
    const features = images(4);
    const scaling = await tokenScaling(features, channels);
    const preparation = tokenPreparation({ channels, grid, scaling, placeWeight: 0.3 });
    expect(preparation.channels).toBe(13);
    const prepared = preparation.patches(features[2]!);
    const code = placeCode(grid, 0.3);
    const scaled = tokenPreparation({ channels, grid, scaling }).patches(features[2]!);
    for (let patch = 0; patch < 15; patch++) {
      const token = Array.from(prepared.subarray(patch * 13, patch * 13 + 13));
      expect(token.slice(0, 7)).toEqual(Array.from(scaled.subarray(patch * 7, patch * 7 + 7)));
      expect(token.slice(7)).toEqual(Array.from(code.subarray(patch * 6, patch * 6 + 6)));
    }
    const image = preparation.image(Float32Array.from(meanOf(features[2]!, channels)));
    meanOf(prepared, 13).forEach((value, channel) => {
      expect(image[channel]).toBeCloseTo(value, 5); // float32
    });
  });

  it('prepares some patches as it prepares all; their frame is their own', () => {
    const grid = createPatchGrid(3, 5);
    const tokens = Float32Array.from({ length: 30 }, (_, index) => Math.sin(index));
    const kept = Int32Array.of(1, 2, 6, 7, 11);
    const ofKept = (values: Float32Array, width: number) =>
      Float32Array.from(
        { length: 5 * width },
        (_, at) => values[kept[Math.floor(at / width)]! * width + (at % width)]!,
      );
    const image = tokenPreparation({ channels: 2, grid, placeWeight: 0.7 });
    expect(image.keptPatches(ofKept(tokens, 2), kept)).toEqual(ofKept(image.patches(tokens), 8));
    const object = tokenPreparation({ channels: 2, grid, placeWeight: 0.7, placeFrame: 'object' });
    const codes = ofKept(placeCode(grid, 0.7, frameOfPatches(kept, grid)), 6);
    const prepared = object.keptPatches(ofKept(tokens, 2), kept);
    for (let at = 0; at < 30; at++) expect(prepared[Math.floor(at / 6) * 8 + 2 + (at % 6)]).toBe(codes[at]);
    expect(() => image.keptPatches(tokens, kept)).toThrow('tokenPreparation: patchTokens must hold 10 values, got 30');
  });

  it('leaves tokens alone where nothing is asked for', () => {
    const preparation = tokenPreparation({ channels, grid });
    const [tokens] = images(1) as [Float32Array];
    expect([preparation.channels, preparation.patches(tokens)]).toEqual([7, tokens]);
    expect(preparation.patches(tokens)).toBe(tokens);
  });

  it('says what does not fit', () => {
    const mean = new Float32Array(6);
    const scaling = { mean, deviation: new Float32Array(7) };
    expect(() => tokenPreparation({ channels, grid, scaling })).toThrow(/tokenPreparation: mean must .*7.*got.*6/);
    expect(() => tokenPreparation({ channels, grid }).patches(mean)).toThrow(/patchTokens must .*105.*got.*6/);
    expect(() => tokenPreparation({ channels, grid, placeWeight: Number.NaN })).toThrow('weight must be between');
  });
});
