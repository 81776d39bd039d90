import { readFileSync } from 'node:fs';
import { createRng } from '@semmae/core';
import { describe, expect, it } from 'vitest';

import { hiddenOfHex, replayedRng } from '../__fixtures__/replayed-rng';
import { type CorruptBlocksOptions, corruptBlocks } from './corrupt-blocks';

// Every value of the clean image differs from every value of the partner and from 0.
const [height, width, channels] = [22, 34, 3];
const clean = Uint8Array.from({ length: height * width * channels }, (_, value) => 1 + (value % 113));
const partner = Uint8Array.from(clean, (value) => value + 120);
const floats = Float32Array.from(clean, (value) => value / 64 - 1.7);
const image = { pixels: clean, height, width, channels, partner };

const sum = (values: Uint8Array) => values.reduce((total, value) => total + value, 0);
const share = (mask: Uint8Array) => sum(mask) / mask.length;

describe('corruptBlocks', () => {
  it.each<[string, CorruptBlocksOptions]>([
    ['pixels', {}],
    ['tiles', { alignment: 2 }],
    ['pixels as published', { faithful: true }],
    ['tiles as published', { faithful: true, alignment: 2 }],
  ])('replaces at least the share and at most a block more, of %s', (_, options) => {
    const rng = createRng(1);
    const block = (0.3 * height * 0.3 * width) / (height * width); // the largest
    for (let draw = 0; draw < 300; draw++) {
      const { mask, kind } = corruptBlocks(image, options, rng);
      const ratio = kind === 'partner' ? 0.3 : 0.5;
      expect(share(mask)).toBeGreaterThanOrEqual(ratio);
      expect(share(mask)).toBeLessThan(ratio + block);
    }
  });

  it('changes masked pixels only, and leaves the image and its partner alone', () => {
    const rng = createRng(2);
    const [cleanBefore, partnerBefore] = [clean.slice(), partner.slice()];
    for (const kind of ['zeros', 'noise', 'elsewhere', 'partner'] as const) {
      const { pixels, mask } = corruptBlocks(image, { kinds: [kind] }, rng);
      for (let value = 0; value < clean.length; value++) {
        if (mask[Math.floor(value / channels)] === 0) expect(pixels[value]).toBe(clean[value]);
      }
    }
    expect(clean).toEqual(cleanBefore);
    expect(partner).toEqual(partnerBefore);
  });

  it('replaces by zeros, or by the partner at the same place', () => {
    for (const [kind, source] of [
      ['zeros', new Uint8Array(clean.length)],
      ['partner', partner],
    ] as const) {
      const { pixels, mask } = corruptBlocks(image, { kinds: [kind] }, createRng(3));
      for (let value = 0; value < clean.length; value++) {
        if (mask[Math.floor(value / channels)] === 1) expect(pixels[value]).toBe(source[value]);
      }
    }
  });

  it('replaces by the clean image elsewhere, whole rows of a block at a time', () => {
    // The value names its place, so that it tells where a pixel came from.
    const named = Float32Array.from({ length: height * width }, (_, place) => place);
    const input = { pixels: named, height, width, channels: 1 };
    const { pixels, mask } = corruptBlocks(input, { kinds: ['elsewhere'] }, createRng(4));
    let moved = 0;
    let together = 0;
    for (let place = 1; place < pixels.length; place++) {
      if (mask[place] === 0 || mask[place - 1] === 0) continue;
      moved += +(pixels[place] !== place);
      together += +(pixels[place]! - pixels[place - 1]! === 1);
    }
    expect(moved / sum(mask)).toBeGreaterThan(0.7);
    expect(together / moved).toBeGreaterThan(0.6);
    for (const value of pixels) expect(named).toContain(value);
  });

  it('replaces by standard normal noise, in bytes by what normalizes to it', () => {
    const rng = createRng(5);
    const values: number[] = [];
    const bytes: number[] = [];
    for (let draw = 0; draw < 30; draw++) {
      const normal = corruptBlocks({ ...image, pixels: floats, partner: undefined }, { kinds: ['noise'] }, rng);
      const byte = corruptBlocks(image, { kinds: ['noise'] }, rng);
      for (let value = 0; value < clean.length; value++) {
        if (normal.mask[Math.floor(value / channels)] === 1) values.push(normal.pixels[value]!);
        if (byte.mask[Math.floor(value / channels)] === 1) bytes.push(byte.pixels[value]!);
      }
    }
    const mean = (list: number[]) => list.reduce((total, value) => total + value, 0) / list.length;
    expect(Math.abs(mean(values))).toBeLessThan(5 / Math.sqrt(values.length));
    expect(Math.abs(mean(values.map((value) => value ** 2)) - 1)).toBeLessThan(5 * Math.sqrt(2 / values.length));
    expect(Math.abs(mean(bytes) - 0.45 * 255)).toBeLessThan(2); // clamped at 0, 2 deviations below the mean
  });

  it('replaces whole tiles', () => {
    const { mask } = corruptBlocks(image, { alignment: 2 }, createRng(6));
    for (let row = 0; row < height; row++) {
      for (let column = 0; column < width; column++) {
        const corner = (row - (row % 2)) * width + column - (column % 2);
        expect(mask[row * width + column]).toBe(mask[corner]);
      }
    }
  });

  it('uses each kind equally often: by default the partner for half of the images', () => {
    const draws = 2000;
    const rng = createRng(7);
    const small = { pixels: floats.slice(0, 60), height: 10, width: 6, channels: 1, partner: floats.slice(60, 120) };
    let partners = 0;
    const kinds = new Map<string, number>();
    for (let draw = 0; draw < draws; draw++) {
      partners += +(corruptBlocks(small, {}, rng).kind === 'partner');
      const { kind } = corruptBlocks(small, { kinds: ['zeros', 'noise', 'elsewhere', 'partner'] }, rng);
      kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    }
    expect(Math.abs(partners / draws - 0.5)).toBeLessThan(2.5 / Math.sqrt(draws));
    for (const count of kinds.values()) {
      expect(Math.abs(count / draws - 0.25)).toBeLessThan(5 * Math.sqrt(0.1875 / draws));
    }
  });

  it('is deterministic in its stream, and can replace everything', () => {
    expect(corruptBlocks(image, {}, createRng(8))).toEqual(corruptBlocks(image, {}, createRng(8)));
    const rng = createRng(9);
    const whole = Array.from({ length: 100 }, () =>
      share(corruptBlocks(image, { kinds: ['zeros'], dropRatio: 1, alignment: 2 }, rng).mask),
    );
    expect(Math.min(...whole)).toBeGreaterThanOrEqual(0.5); // between a half and all of it
    expect(Math.max(...whole)).toBeGreaterThan(0.97);
  });

  it('hides the pixels that the published algorithm hides on the same noise', () => {
    const fixture = JSON.parse(readFileSync(new URL('__fixtures__/corruption-masks.json', import.meta.url), 'utf8'));
    for (const { seed, settings, hidden } of fixture) {
      const [height, width, alignment, dropRatio] = settings;
      const tiles = hiddenOfHex(hidden, (height * width) / alignment ** 2);
      const noise = replayedRng(seed);
      const afterKind = { ...noise, integer: skipFirst(noise.integer) }; // of one kind, it is drawn all the same
      const input = { pixels: new Uint8Array(height * width), height, width, channels: 1 };
      const options = { kinds: ['zeros'] as const, dropRatio, alignment, faithful: true };
      const { mask } = corruptBlocks(input, options, afterKind);
      const columns = width / alignment;
      let wrong = 0; // far faster than comparing the arrays
      for (let pixel = 0; pixel < mask.length; pixel++) {
        const tileRow = Math.floor(Math.floor(pixel / width) / alignment);
        wrong += +(mask[pixel] !== tiles[tileRow * columns + Math.floor((pixel % width) / alignment)]);
      }
      expect(wrong).toBe(0);
    }
  });

  it('says what is wrong with its input', () => {
    const corrupt = (changes: object, options: CorruptBlocksOptions = {}) =>
      corruptBlocks({ ...image, ...changes }, options, createRng(1));
    expect(() => corrupt({ height: 23 })).toThrow(
      'corruptBlocks: pixels must hold 2346 values, got 2244; they are [height, width, channels]',
    );
    expect(() => corrupt({ partner: undefined })).toThrow(
      "corruptBlocks: the kind partner must have the pixels of a partner, got undefined; pass another image of the batch as partner, or kinds without 'partner'",
    );
    expect(() => corrupt({ partner: partner.slice(1) })).toThrow(
      'corruptBlocks: partner must hold 2244 values, got 2243; give both one size',
    );
    expect(() => corrupt({}, { alignment: 16 })).toThrow(
      'corruptBlocks: height and width must be multiples of the alignment (16 pixels), got 22x34; crop or resize the image, or choose another alignment',
    );
    // @ts-expect-error plain JavaScript may pass anything
    expect(() => corrupt({}, { kinds: ['blur'] })).toThrow(
      'corruptBlocks: kinds must be one of zeros, noise, elsewhere, partner, got blur',
    );
    expect(() => corrupt({}, { kinds: [] })).toThrow(/the number of kinds must be an integer of at least 1, got 0/);
    for (const ratio of [0, 1.1, Number.NaN]) {
      expect(() => corrupt({}, { dropRatio: ratio })).toThrow(
        /^corruptBlocks: dropRatio must be between .* and 1, got/,
      );
      expect(() => corrupt({}, { replaceRatio: ratio })).toThrow(/^corruptBlocks: replaceRatio must be/);
    }
    expect(() => corrupt({}, { faithful: true, alignment: 22 })).toThrow(/multiples of the alignment/);
    expect(() => corrupt({ height: 34, width: 22 }, { faithful: true, alignment: 2 })).not.toThrow();
    // A side of one tile makes the published sampler raise.
    expect(() => corrupt({ height: 2, width: 374 }, { faithful: true, alignment: 2 })).toThrow(
      /0.3 of the shorter side must be longer than a tile of 2 pixels, got 1 tiles/,
    );
  });
});

function skipFirst(integer: (bound: number) => number): (bound: number) => number {
  let calls = 0;
  return (bound) => (calls++ === 0 ? 0 : integer(bound));
}
