// Images of any number of channels: what happens to one channel must not depend on the others, nor on how many there are.

import { createRng, type PixelStatistics } from '@semmae/core';
import { describe, expect, it } from 'vitest';

import { applyView } from './apply-view';
import { colorJitter } from './augment/color-jitter';
import { gaussianBlur } from './augment/gaussian-blur';
import { multiCrop } from './augment/multi-crop';
import { frameImage } from './frame-image';
import { measureStatistics } from './measure-statistics';
import { denormalizePixels, normalizePixels } from './normalization';
import type { PixelImage } from './pixel-image';

const counts = [1, 2, 3, 4, 10] as const;
const view = { top: 2, left: 3, height: 19, width: 23, flip: true };

describe.each(counts)('%i channels', (channels) => {
  const image = noise(29, 31, channels);
  const statistics = statisticsOf(channels);

  it.each([
    ['resized', { height: 7, width: 41 }],
    ['cut', { height: 19, width: 23 }],
  ] as const)('are %s one by one', (_, size) => {
    const whole = applyView(image, view, { ...size, statistics });
    for (let channel = 0; channel < channels; channel++) {
      const alone = applyView(channelOf(image, channel), view, { ...size, statistics: ofChannel(statistics, channel) });
      expect(every(whole, channel, channels)).toEqual(alone);
    }
  });

  it('are framed and blurred one by one', () => {
    const framing = { interpolation: 'bicubic', cropFraction: 0.7 } as const;
    const framed = frameImage(image, { height: 11, width: 13 }, framing);
    const blurred = gaussianBlur(Float32Array.from(image.pixels), { ...image, radius: 1.3 });
    for (let channel = 0; channel < channels; channel++) {
      const alone = channelOf(image, channel);
      expect(every(framed, channel, channels)).toEqual(frameImage(alone, { height: 11, width: 13 }, framing));
      const blurredAlone = gaussianBlur(Float32Array.from(alone.pixels), { ...alone, radius: 1.3 });
      expect(every(blurred, channel, channels)).toEqual(blurredAlone);
    }
  });

  it('may be floats, which stay as they are where bytes are rounded', () => {
    const floats = { ...image, pixels: Float32Array.from(image.pixels) };
    const size = { height: 11, width: 13 };
    expect(applyView(floats, view, { ...size, statistics })).toEqual(applyView(image, view, { ...size, statistics }));
    const bytes = frameImage(image, size, { interpolation: 'bicubic' });
    const framed = frameImage(floats, size, { interpolation: 'bicubic' });
    expect(framed.some((value) => !Number.isInteger(value))).toBe(true);
    // two passes that round to bytes, whose errors of 0.5 the second filter may widen by its sum of absolute weights, below 1.4
    for (const [index, value] of framed.entries()) expect(Math.abs(value - bytes[index]!)).toBeLessThan(1.25);
  });

  it('are brought back by denormalizePixels', () => {
    expect(denormalizePixels(normalizePixels(image.pixels, { statistics }), statistics)).toEqual(image.pixels);
  });

  it('are cropped and mirrored by the same draws as those of RGB', () => {
    const options = { globalSize: 11, localSize: 5, localCount: 3 };
    const { views, globals } = multiCrop(image, createRng(3), { ...options, statistics });
    expect(views).toEqual(multiCrop(noise(29, 31, 3), createRng(3), options).views);
    for (const pixels of globals) {
      expect(pixels).toHaveLength(11 * 11 * channels);
      expect(pixels.every(Number.isFinite)).toBe(true);
    }
  });

  it('have the statistics that normalize them', async () => {
    const images = [image, noise(13, 17, channels), noise(7, 5, channels)];
    const measured = await measureStatistics({ length: 3, get: async (index) => images[index]! });
    const values = images.flatMap(({ pixels }) => [...normalizePixels(pixels, { statistics: measured })]);
    for (let channel = 0; channel < channels; channel++) {
      const own = values.filter((_, index) => index % channels === channel);
      const mean = own.reduce((sum, value) => sum + value, 0) / own.length;
      expect(mean).toBeCloseTo(0, 5); // float32
      expect(own.reduce((sum, value) => sum + (value - mean) ** 2, 0) / own.length).toBeCloseTo(1, 5);
    }
  });
});

describe('what is of colors', () => {
  it('leaves saturation and hue of other channels alone, but jitters brightness and contrast', () => {
    const pixels = Float32Array.from(noise(5, 7, 4).pixels);
    const never = { probability: 1, brightness: 0, contrast: 0, saturation: 0, hue: 0, channels: 4 };
    const jittered = (options: object) => colorJitter(pixels.slice(), createRng(5), { ...never, ...options });
    expect(jittered({ saturation: 0.8, hue: 0.5 })).toEqual(pixels);
    const factor = jittered({ brightness: 0.4 })[0]! / pixels[0]!;
    for (const [index, value] of jittered({ brightness: 0.4 }).entries()) {
      expect(value).toBeCloseTo(Math.min(factor * pixels[index]!, 255), 3); // float32 in 0..255
    }
    const contrasted = jittered({ contrast: 0.4 });
    const mean = pixels.reduce((sum, value) => sum + value, 0) / pixels.length;
    const ratios = [...contrasted].flatMap((value, index) =>
      value > 0 && value < 255 && Math.abs(pixels[index]! - mean) > 20
        ? [(value - mean) / (pixels[index]! - mean)]
        : [],
    );
    expect(ratios.length).toBeGreaterThan(20);
    for (const ratio of ratios) expect(ratio).toBeCloseTo(ratios[0]!, 4); // float32
    expect(Math.abs(ratios[0]! - 1)).toBeGreaterThan(0.01);
  });

  it('grayscale is of RGB alone', () => {
    const only = { globalSize: 11, localCount: 0, jitter: false, blur: false, solarize: false, grayscale: 1 } as const;
    const image = noise(11, 13, 2);
    const statistics = statisticsOf(2);
    const { globals, views } = multiCrop(image, createRng(1), { ...only, statistics });
    expect(globals[0]).toEqual(applyView(image, views[0]!, { height: 11, width: 11, statistics }));
  });
});

describe('what is refused', () => {
  it('statistics of another number of channels, in one line', () => {
    const size = { height: 5, width: 5 };
    expect(() => applyView(noise(29, 31, 4), view, size)).toThrow(
      'applyView: statistics must hold a mean and a standard deviation for each of 4 channels, got none; measure them',
    );
    expect(() => multiCrop(noise(29, 31, 1), createRng(1), { statistics: statisticsOf(2) })).toThrow(
      'got 2 means, 2 deviations',
    );
  });

  it('pixels that are missing, NaN or infinite, naming image and place', () => {
    const image = { ...noise(29, 31, 2), id: 'field/0001' };
    const pixels = Float32Array.from(image.pixels);
    pixels[2 * (31 * 3 + 5) + 1] = Number.NaN;
    const broken = { ...image, pixels };
    const message = 'pixels of field/0001 must be finite, got NaN at row 3, column 5, channel 1';
    const options = { height: 5, width: 5, statistics: statisticsOf(2) };
    expect(() => applyView(broken, view, options)).toThrow(`applyView: ${message}`);
    expect(() => multiCrop(broken, createRng(1), options)).toThrow(`multiCrop: ${message}`);
    expect(() => applyView({ ...image, channels: 3 }, view, options)).toThrow('pixels must hold 2697 values, got 1798');
  });

  it('images of different channels in one data set', async () => {
    const images = [noise(3, 5, 2), { ...noise(3, 5, 4), id: 'odd' }];
    const data = { length: 2, get: async (index: number) => images[index]! };
    await expect(measureStatistics(data)).rejects.toThrow('must have as many channels as the first, 2, got 4 of odd');
  });
});

it('a channel without spread is divided by one level', async () => {
  const flat = { height: 2, width: 3, channels: 1, pixels: new Uint8Array(6).fill(51) };
  const { mean, standardDeviation } = await measureStatistics({ length: 1, get: async () => flat });
  expect(mean[0]).toBeCloseTo(0.2, 12);
  expect(standardDeviation[0]).toBeCloseTo(1 / 255, 12);
});

function noise(height: number, width: number, channels: number) {
  const rng = createRng(height * 1000 + width + channels);
  const pixels = Uint8Array.from({ length: height * width * channels }, () => rng.integer(256));
  return { height, width, channels, pixels };
}

function channelOf({ height, width, channels = 3, pixels }: PixelImage & { pixels: Uint8Array }, channel: number) {
  return { height, width, channels: 1, pixels: every(pixels, channel, channels) };
}

function every<A extends Uint8Array | Float32Array>(values: A, first: number, step: number): A {
  return values.filter((_, index) => index % step === first) as A;
}

function statisticsOf(channels: number): PixelStatistics {
  const each = Array.from({ length: channels }, (_, channel) => channel);
  return { mean: each.map((c) => 0.4 + c / 50), standardDeviation: each.map((c) => 0.2 + c / 70) };
}

function ofChannel({ mean, standardDeviation }: PixelStatistics, channel: number): PixelStatistics {
  return { mean: [mean[channel]!], standardDeviation: [standardDeviation[channel]!] };
}
