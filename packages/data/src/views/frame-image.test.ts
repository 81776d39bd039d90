import { readFileSync } from 'node:fs';

import type { Framing } from '@semmae/core';
import { describe, expect, it } from 'vitest';

import { frameImage } from './frame-image';

interface Framed {
  tall: boolean;
  height: number;
  width: number;
  framing: Framing;
  pixels: string;
}

const framed: Framed[] = JSON.parse(
  readFileSync(new URL('./__fixtures__/torchvision-framing.json', import.meta.url), 'utf8'),
);

/** The image of torchvision-framing.py. */
function source(tall: boolean) {
  const [height, width] = [61, 83];
  const pixels = Uint8Array.from({ length: height * width * 3 }, (_, i) => ((7 * i) ^ ((i * i) >> 5)) % 256);
  if (!tall) return { height, width, pixels };
  const turned = new Uint8Array(pixels.length); // by 90 degrees, counterclockwise
  for (let y = 0; y < width; y++) {
    for (let x = 0; x < height; x++) {
      for (let c = 0; c < 3; c++) turned[3 * (y * height + x) + c] = pixels[3 * (x * width + (width - 1 - y)) + c]!;
    }
  }
  return { height: width, width: height, pixels: turned };
}

describe('frameImage', () => {
  it.each(framed)("is torchvision's on Pillow, byte for byte: $height x $width, $framing", (wanted) => {
    const { tall, height, width, framing, pixels } = wanted;
    const got = frameImage(source(tall), { height, width }, framing);
    expect(Buffer.from(got).equals(Buffer.from(pixels, 'base64'))).toBe(true);
  });

  it('is the image itself at its own size', () => {
    const image = source(false);
    expect(frameImage(image, image, { interpolation: 'bicubic' })).toEqual(image.pixels);
  });

  it('refuses what is no framing', () => {
    const size = { height: 8, width: 8 };
    expect(() => frameImage(source(false), size, { interpolation: 'nearest' as 'bicubic' })).toThrow(
      'frameImage: `interpolation` must be one of bilinear, bicubic, lanczos, got nearest',
    );
    expect(() => frameImage(source(false), size, { interpolation: 'bicubic', cropFraction: 1.2 })).toThrow(
      'frameImage: `cropFraction` must be between 0.01 and 1, got 1.2',
    );
  });
});
