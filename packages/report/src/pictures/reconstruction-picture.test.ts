import { createPatchGrid } from '@semmae/core';
import { describe, expect, it } from 'vitest';

import { pixelAt, testPicture } from '../__fixtures__/test-picture';
import { reconstructionPicture } from './reconstruction-picture';
import { restorePatchStatistics } from './restore-patch-statistics';

const grid = createPatchGrid(2, 3);
const image = testPicture(10, 21);
const statistics = { mean: [0.5, 0.4, 0.3], standardDeviation: [0.25, 0.2, 0.1] } as const;
const masked = [4, 0]; // not in order: predictions follow `masked`

/** Pixels of the image, normalized, [H, W, 3]. */
const normalized = Float32Array.from(
  image.pixels,
  (value, index) => (value / 255 - statistics.mean[index % 3]!) / statistics.standardDeviation[index % 3]!,
);

/** Patches of `pixels` in the order of `masked`, [M, 5 * 7 * 3], by index arithmetic of its own. */
function patchesOf(pixels: Float32Array): Float32Array {
  const values = masked.flatMap((patch) => {
    const found: number[] = [];
    for (let y = 0; y < 10; y++) {
      for (let x = 0; x < 21; x++) {
        const here = Math.floor(y / 5) * 3 + Math.floor(x / 7);
        for (let channel = 0; channel < 3; channel++)
          if (here === patch) found.push(pixels[(y * 21 + x) * 3 + channel]!);
      }
    }
    return found;
  });
  return Float32Array.from(values);
}

describe('reconstructionPicture', () => {
  it('gives the image back when the prediction is perfect', () => {
    expect(reconstructionPicture({ image, grid, masked, patches: patchesOf(normalized), ...statistics })).toEqual(
      image,
    );
  });

  it('changes hidden patches only, and clips what lies outside 0..255', () => {
    const patches = new Float32Array(2 * 105).fill(99);
    const picture = reconstructionPicture({ image, grid, masked, patches, ...statistics });
    for (let y = 0; y < 10; y++) {
      for (let x = 0; x < 21; x++) {
        const hidden = masked.includes(Math.floor(y / 5) * 3 + Math.floor(x / 7));
        expect(pixelAt(picture, y, x)).toEqual(hidden ? [255, 255, 255] : pixelAt(image, y, x));
      }
    }
  });

  it('refuses predictions of all patches and NaN', () => {
    const all = { image, grid, masked, patches: new Float32Array(6 * 105), ...statistics };
    expect(() => reconstructionPicture(all)).toThrow(
      /patches of \[2, 105\] must hold 210 values, got 630; .*masked patches only/,
    );
    const broken = { ...all, patches: new Float32Array(210).fill(Number.NaN) };
    expect(() => reconstructionPicture(broken)).toThrow(/pixels must be finite, got NaN/);
  });
});

describe('restorePatchStatistics', () => {
  it('undoes norm-pix: a perfect prediction becomes the original pixels', () => {
    const patches = patchesOf(normalized);
    const target = Float32Array.from(patches);
    for (const start of [0, 105]) {
      const patch = patches.subarray(start, start + 105);
      const mean = patch.reduce((sum, value) => sum + value, 0) / 105;
      const variance = patch.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 104;
      for (let index = 0; index < 105; index++)
        target[start + index] = (patch[index]! - mean) / Math.sqrt(variance + 1e-6);
    }
    const size = { height: 10, width: 21, grid, masked };
    const restored = restorePatchStatistics({ ...size, pixels: normalized, predictions: target });
    // float32 keeps about seven digits of values below 10; two roundings
    for (const [index, value] of restored.entries()) expect(Math.abs(value - patches[index]!)).toBeLessThan(1e-5);
    expect(reconstructionPicture({ image, grid, masked, patches: restored, ...statistics })).toEqual(image);
  });
});
