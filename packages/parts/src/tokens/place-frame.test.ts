import { createPatchGrid, createRng } from '@semmae/core';
import { describe, expect, it } from 'vitest';

import { placeCode, placeCodeWidth } from './place-code';
import { imageFrame, objectFrame } from './place-frame';
import { tokenPreparation } from './token-preparation';

const grid = createPatchGrid(11, 13);
const channels = 5;

/** Tokens of one kind on a rectangle, of another elsewhere, with noise. */
function world({
  top,
  left,
  height,
  width,
  noise = 0.02,
}: Record<'top' | 'left' | 'height' | 'width', number> & { noise?: number }) {
  const rng = createRng(7);
  const [inside, outside] = [0, 1].map(() => Float32Array.from({ length: channels }, () => rng.normal()));
  return Float32Array.from({ length: grid.patchCount * channels }, (_, index) => {
    const patch = Math.floor(index / channels);
    const [row, column] = [Math.floor(patch / grid.columns) - top, (patch % grid.columns) - left];
    const of = row >= 0 && row < height && column >= 0 && column < width ? inside! : outside!;
    return of[index % channels]! + noise * rng.normal();
  });
}

const frameOf = (tokens: Float32Array) => objectFrame({ tokens, channels, grid });
const rectangle = { top: 3, left: 2, height: 5, width: 7 };

describe('objectFrame', () => {
  it('is 3.4 deviations of the object, around its centroid', () => {
    const { top, left, height, width } = frameOf(world(rectangle));
    // rows 3..7: mean 5, variance (1 + 4) * 2 / 5 = 2; columns 2..8: mean 5, variance (1 + 4 + 9) * 2 / 7 = 4
    expect(height).toBeCloseTo(3.4 * Math.SQRT2, 10);
    expect(top + height / 2).toBeCloseTo(5, 10);
    expect(width).toBeCloseTo(3.4 * 2, 10);
    expect(left + width / 2).toBeCloseTo(5, 10);
  });

  it('moves with the object', () => {
    const here = frameOf(world(rectangle));
    const there = frameOf(world({ ...rectangle, top: 1, left: 5 }));
    for (const [side, distance] of [
      ['top', -2],
      ['left', 3],
      ['height', 0],
      ['width', 0],
    ] as const) {
      expect(there[side] - here[side]).toBeCloseTo(distance, 10);
    }
  });

  it('does not care for the scale or offset of channels, as the preparation that follows does', () => {
    const tokens = world(rectangle);
    expect(frameOf(tokens.map((value, index) => 4 ** (index % channels) * value + (index % channels)))).toEqual(
      frameOf(tokens),
    );
  });

  it('is at least 3.4 patches high', () => {
    const { top, height, width } = frameOf(world({ ...rectangle, height: 1 }));
    expect([top + height / 2, height]).toEqual([3, 3.4]);
    expect(width).toBeCloseTo(3.4 * 2, 10);
  });

  it('is the frame of the image where there is no object or one of a single patch', () => {
    expect(imageFrame(grid)).toEqual({ top: 0, left: 0, height: 10, width: 12 });
    expect(frameOf(new Float32Array(grid.patchCount * channels).fill(0.3))).toEqual(imageFrame(grid));
    expect(frameOf(world({ ...rectangle, height: 1, width: 1, noise: 0 }))).toEqual(imageFrame(grid));
    const dot = createPatchGrid(1, 1);
    expect(objectFrame({ tokens: Float32Array.of(2), channels: 1, grid: dot })).toEqual(imageFrame(dot));
    expect(imageFrame(dot)).toEqual({ top: 0, left: 0, height: 1, width: 1 });
  });

  it('refuses tokens of another size', () => {
    expect(() => frameOf(new Float32Array(7))).toThrow('tokens must hold 715 values, got 7; leave out the class token');
  });
});

describe('placeCode in a frame', () => {
  it('runs from 0 to 1 across it, and stops a fifth beyond', () => {
    const code = placeCode(grid, 2, { top: 2, left: 4, height: 5, width: 4 });
    const at = (row: number, column: number) =>
      Array.from(code.subarray((row * 13 + column) * 6, (row * 13 + column) * 6 + 6));
    const expected = (y: number, x: number) =>
      [1, 2, 3].flatMap((k) => [2 * Math.cos(k * Math.PI * y), 2 * Math.cos(k * Math.PI * x)]);
    for (const [row, column, y, x] of [
      [2, 4, 0, 0],
      [7, 8, 1, 1],
      [3, 5, 0.2, 0.25],
      [1, 3, -0.2, -0.2], // a quarter to the left is too far
      [0, 9, -0.2, 1.2],
      [8, 12, 1.2, 1.2],
    ] as const) {
      for (const [channel, value] of expected(y, x).entries()) expect(at(row, column)[channel]).toBeCloseTo(value, 6); // float32
    }
  });
});

describe('tokenPreparation with places in the object', () => {
  const preparation = tokenPreparation({ channels, grid, placeWeight: 0.5, placeFrame: 'object' });
  const width = channels + placeCodeWidth;
  const codesOf = (prepared: Float32Array) => prepared.filter((_, index) => index % width >= channels);

  it('gives the same code to the same place of an object, wherever it stands', () => {
    const here = codesOf(preparation.patches(world(rectangle)));
    const there = codesOf(preparation.patches(world({ ...rectangle, top: 1, left: 5 })));
    for (let patch = 0; patch < 5 * 7; patch++) {
      const [row, column] = [Math.floor(patch / 7), patch % 7];
      const [from, to] = [(row + 3) * 13 + column + 2, (row + 1) * 13 + column + 5];
      for (let channel = 0; channel < 6; channel++)
        expect(there[to * 6 + channel]).toBeCloseTo(here[from * 6 + channel]!, 6);
    }
  });

  it('finds the frame in the tokens as they came, and remembers it by their array', () => {
    const tokens = world(rectangle);
    const scaling = { mean: tokens.slice(0, channels), deviation: new Float32Array(channels).fill(3) };
    const scaled = tokenPreparation({ channels, grid, scaling, placeWeight: 0.5, placeFrame: 'object' });
    const expected = placeCode(grid, 0.5, frameOf(tokens));
    for (const prepare of [preparation, scaled]) {
      expect(codesOf(prepare.patches(tokens))).toEqual(expected);
      expect(codesOf(prepare.patches(tokens))).toEqual(expected);
      expect(codesOf(prepare.patches(tokens.slice()))).toEqual(expected);
    }
  });

  it('mirrors the code with the image: left and right change sides, in a frame of its own', () => {
    const tokens = world({ ...rectangle, noise: 0.2 });
    const mirror = (patch: number) => patch - 2 * (patch % 13) + 12;
    const mirrored = Float32Array.from(tokens, (_, index) => {
      return tokens[mirror(Math.floor(index / channels)) * channels + (index % channels)]!;
    });
    const [one, other] = [tokens, mirrored].map((some) => codesOf(preparation.patches(some)));
    for (let patch = 0; patch < grid.patchCount; patch++) {
      for (let channel = 0; channel < 6; channel++) {
        // channels are y1 x1 y2 x2 y3 x3, and cos(k pi (1 - x)) = (-1)^k cos(k pi x)
        const sign = channel === 1 || channel === 5 ? -1 : 1;
        expect(other![mirror(patch) * 6 + channel]).toBeCloseTo(sign * one![patch * 6 + channel]!, 5); // float32
      }
    }
  });

  it('gives a token for the whole image the mean code over the frame, which no image changes', () => {
    const fine = createPatchGrid(1, 1001); // a frame from end to end
    const code = placeCode(fine, 1);
    for (let channel = 1; channel < 6; channel += 2) {
      let sum = 0;
      for (let patch = 0; patch < 1001; patch++) sum += code[patch * 6 + channel]!;
      expect(sum / 1001).toBeCloseTo(0, 2); // both ends count whole
    }
    preparation.patches(world(rectangle));
    const token = Float32Array.from({ length: channels }, (_, channel) => channel + 1);
    expect(Array.from(preparation.image(token))).toEqual([1, 2, 3, 4, 5, 0, 0, 0, 0, 0, 0]);
  });

  it('is the image by default, and nothing without a weight', () => {
    const tokens = world(rectangle);
    const [left, named] = [{}, { placeFrame: 'image' as const }].map((choice) =>
      tokenPreparation({ channels, grid, placeWeight: 0.5, ...choice }).patches(tokens),
    );
    expect(named).toEqual(left);
    expect(() => tokenPreparation({ channels, grid, placeFrame: 'object' })).toThrow(
      "tokenPreparation: placeFrame 'object' needs a placeWeight above 0, got 0; leave one out or give both",
    );
    const placeFrame = 'world' as 'image';
    expect(() => tokenPreparation({ channels, grid, placeWeight: 1, placeFrame })).toThrow(
      'placeFrame must be one of image, object',
    );
  });
});
