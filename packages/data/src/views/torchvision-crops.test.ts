import { readFileSync } from 'node:fs';

import { createRng, type Rng } from '@semmae/core';
import { expect, it } from 'vitest';

import { renderViewBytes } from './augment/render-view';
import { sampleView } from './view';

interface Crop {
  height: number;
  width: number;
  scale: [number, number];
  draws: number[];
  /** Top, left, height, width. */
  crop: [number, number, number, number];
  flip: boolean;
  pixels: string;
}

const crops: Crop[] = JSON.parse(
  readFileSync(new URL('./__fixtures__/torchvision-crops.json', import.meta.url), 'utf8'),
);

/** Hands out `draws`, whatever is asked for. */
function replaying(draws: readonly number[]): Rng {
  const left = [...draws];
  return {
    ...createRng(0),
    uniform: () => left.shift()!,
    integer: (bound) => Math.floor(left.shift()! * bound),
  };
}

it.each(crops)("is torchvision's crop for the same draws, and Pillow's bytes: $height x $width, $crop", (known) => {
  const { height, width, scale, draws, crop, flip, pixels } = known;
  const view = sampleView(replaying(draws), { sourceHeight: height, sourceWidth: width, scale, flip: false });
  expect([view.top, view.left, view.height, view.width]).toEqual(crop);
  const image = Uint8Array.from({ length: height * width * 3 }, (_, i) => ((7 * i) ^ ((i * i) >> 5)) % 256);
  const drawn = { view: { ...view, flip }, height: 29, width: 23, colorChanges: [], grayscale: false, blur: 0 };
  const got = renderViewBytes(
    { height, width, channels: 3, pixels: image },
    { ...drawn, solarize: undefined },
    new Uint8Array(29 * 23 * 3),
  );
  expect(Buffer.from(got).equals(Buffer.from(pixels, 'base64'))).toBe(true);
});
