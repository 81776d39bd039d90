import { createRng } from '@semmae/core';
import { describe, expect, it } from 'vitest';

import { partDataset } from '../../part-images/part-dataset';
import { applyView } from '../apply-view';
import { denormalizePixels } from '../normalization';
import { type MultiCropOptions, multiCrop } from './multi-crop';

const image = await partDataset({ seed: 1, count: 1, height: 67, width: 79 }).get(0);
const small = { globalSize: [29, 31], localSize: [11, 13], localCount: 3 } as const;
const plain = { ...small, jitter: false, grayscale: false, blur: false, solarize: false } as const;

describe('multiCrop', () => {
  it('is the plain crop of each view when every augmentation is off', () => {
    const { globals, locals, views } = multiCrop(image, createRng(1), plain);
    expect([globals.length, locals.length, views.length]).toEqual([2, 3, 5]);
    for (const [place, pixels] of [...globals, ...locals].entries()) {
      const [height, width] = place < 2 ? [29, 31] : [11, 13];
      expect(pixels).toEqual(applyView(image, views[place]!, { height, width }));
    }
  });

  it('draws areas by kind, and the same views for the same stream', () => {
    const rng = createRng(2);
    for (let round = 0; round < 40; round++) {
      const { views } = multiCrop(image, rng, plain);
      for (const [place, { height, width }] of views.entries()) {
        const area = (height * width) / (67 * 79);
        // whole pixels move a local side of at least 14 by at most 0.5: 7 % of the area
        expect(area).toBeGreaterThan((place < 2 ? 0.25 : 0.05) * 0.93);
        expect(area).toBeLessThan(place < 2 ? 1 + 1e-9 : 0.25 * 1.07);
      }
    }
    expect(multiCrop(image, createRng(3), small)).toEqual(multiCrop(image, createRng(3), small));
    const stream = createRng(3);
    expect(multiCrop(image, stream, small).globals[0]).not.toEqual(multiCrop(image, stream, small).globals[0]);
  });

  it('blurs and solarizes each kind of view as often as its law says', () => {
    const rounds = 300;
    const only = { ...plain, globalSize: 7, localSize: 5, localCount: 1 };
    const counts = (options: MultiCropOptions) => {
      const [rng, changed] = [createRng(4), [0, 0, 0]];
      for (let round = 0; round < rounds; round++) {
        const { globals, locals, views } = multiCrop(image, rng, { ...only, ...options });
        for (const [place, pixels] of [...globals, ...locals].entries()) {
          const side = place < 2 ? 7 : 5;
          const untouched = applyView(image, views[place]!, { height: side, width: side });
          if (untouched.some((value, index) => value !== pixels[index])) changed[place]!++;
        }
      }
      return changed;
    };
    // 4 deviations of a binomial of 300: 0.1 -> 21, 0.2 -> 28, 0.5 -> 35; radii are at least 0.3 so that every blur shows
    const [first, second, local] = counts({ blur: { radius: [0.3, 2] } }) as [number, number, number];
    expect(first).toBe(300);
    expect(Math.abs(second - 30)).toBeLessThan(21);
    expect(Math.abs(local - 150)).toBeLessThan(35);
    const solarized = counts({ solarize: { threshold: 0 } });
    expect([solarized[0], solarized[2]]).toEqual([0, 0]);
    expect(Math.abs(solarized[1]! - 60)).toBeLessThan(28);
    expect(counts({ solarize: { globals: [1, 0], locals: 1, threshold: 0 } })).toEqual([300, 0, 300]);
    const gray = counts({ grayscale: 0.2 });
    for (const count of gray) expect(Math.abs(count - 60)).toBeLessThan(28);
  });

  it('treats in the published order: gray before solarize, both in the value range', () => {
    const options = { ...plain, localCount: 0, globalCount: 1, grayscale: 1, solarize: { globals: [1] } };
    const [pixels] = multiCrop(image, createRng(5), options).globals;
    const bytes = denormalizePixels(pixels!);
    for (let red = 0; red < bytes.length; red += 3) {
      expect(bytes[red]).toBe(bytes[red + 1]);
      expect(bytes[red]).toBeLessThanOrEqual(128); // 255 - x for x of at least 128
    }
  });

  it('writes into slices of a batch', () => {
    const batch = new Float32Array(2 * 29 * 31 * 3 + 5).fill(Number.NaN);
    const length = 29 * 31 * 3;
    const into = { globals: [batch.subarray(5, 5 + length), batch.subarray(5 + length)] };
    const { globals, locals } = multiCrop(image, createRng(6), { ...small, into });
    const alone = multiCrop(image, createRng(6), small);
    expect(globals[1]!.buffer).toBe(batch.buffer);
    expect([globals[0], globals[1], locals[2]]).toEqual([alone.globals[0], alone.globals[1], alone.locals[2]]);
    expect(batch.subarray(0, 5).every(Number.isNaN)).toBe(true);
  });

  it('says what is wrong in one line', () => {
    const rng = createRng(7);
    expect(() => multiCrop(image, rng, { ...small, localCount: -1 })).toThrow(
      'multiCrop: localCount must be an integer',
    );
    expect(() => multiCrop(image, rng, { ...small, blur: { globals: [2] } })).toThrow(
      'multiCrop: blur.globals[0] must be between 0 and 1, got 2',
    );
    expect(() => multiCrop(image, rng, { ...small, into: { locals: [] } })).toThrow(
      'into.locals must hold 3 arrays, got 0',
    );
    expect(() => multiCrop(image, rng, { ...small, globalScale: [0.9, 0.1] })).toThrow('scale must be [least, most]');
  });
});
