import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers'; // registers the gradients of tfjs-core's operations
import { createRng } from '@semmae/core';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it } from 'vitest';

import { stableNames } from '../../loop/stable-names';
import { type MapNormalization, mapNormalization } from './group-normalization';
import { type MaskNetworkOptions, maskNetwork } from './mask-network';
import { doubled, halved } from './nearest-resampling';
import { seededWeights } from './seeded-weights';

const small: MaskNetworkOptions = { imageHeight: 8, imageWidth: 12, baseWidth: 8, maskCount: 5, bottleneckWidth: 7 };

beforeEach(() => {
  const before = tf.memory().numTensors;
  return () => expect(tf.memory().numTensors).toBe(before);
});

function draw(shape: [number, number, number, number], seed = 3): tf.Tensor4D {
  const rng = createRng(seed);
  return tf.tensor(Float32Array.from({ length: tf.util.sizeFromShape(shape) }, rng.normal), shape) as tf.Tensor4D;
}

describe('maskNetwork', () => {
  it.each<MapNormalization>(['none', 'instance', 'group'])(
    'shares every pixel among its masks, normalized by %s; masks depend on the image',
    (normalization) => {
      const network = maskNetwork({ ...small, normalization });
      tf.tidy(() => {
        const masks = network.masks(draw([3, 8, 12, 3]));
        expect(masks.shape).toEqual([3, 8, 12, 5]);
        expect(tf.max(tf.abs(tf.sub(tf.sum(masks, 3), 1))).dataSync()[0]).toBeLessThan(1e-6);
        expect(tf.min(masks).dataSync()[0]).toBeGreaterThan(0);
        const [one, other] = tf.split(masks, [1, 2], 0) as [tf.Tensor, tf.Tensor];
        expect(tf.mean(tf.abs(tf.sub(other, one))).dataSync()[0]).toBeGreaterThan(0.01);
      });
      network.dispose();
    },
  );

  it.each([
    [8, 2],
    [16, 3],
    [32, 4],
    [64, 5],
    [96, 5],
    [224, 6],
  ])('has for %i pixels %i levels', (size, levels) => {
    const network = maskNetwork({ ...small, imageHeight: size, imageWidth: 2 * size, baseWidth: 1 });
    expect(network.levels).toBe(levels);
    network.dispose();
  });

  it('works from two levels up, whatever the grid', () => {
    for (const [imageHeight, imageWidth, levels] of [
      [2, 6, 2],
      [4, 12, 3],
      [24, 8, 4],
    ] as const) {
      const network = maskNetwork({ ...small, imageHeight, imageWidth, levels });
      tf.tidy(() => {
        const masks = network.masks(draw([1, imageHeight, imageWidth, 3]));
        expect(masks.shape).toEqual([1, imageHeight, imageWidth, 5]);
      });
      network.dispose();
    }
  });

  it('treats images one by one, and starts from its seed', () => {
    const [one, twin, other] = [1, 1, 2].map((seed) => maskNetwork({ ...small, seed }));
    tf.tidy(() => {
      const images = draw([3, 8, 12, 3]);
      const masks = one!.masks(images);
      const second = one!.masks(tf.slice4d(images, [1, 0, 0, 0], [1, -1, -1, -1]));
      const difference = tf.sub(tf.slice4d(masks, [1, 0, 0, 0], [1, -1, -1, -1]), second);
      expect(tf.max(tf.abs(difference)).dataSync()[0]).toBeLessThan(1e-6); // the same sums in another blocking
      expect(twin!.masks(images).dataSync()).toEqual(masks.dataSync());
      expect(other!.masks(images).dataSync()).not.toEqual(masks.dataSync());
    });
    expect(stableNames(twin!.variables())).toEqual(stableNames(one!.variables()));
    expect(stableNames(one!.variables())).toEqual(
      [
        ...['down.0', 'down.1'].flatMap((block) => ['kernel', 'gain', 'offset'].map((part) => `${block}.${part}`)),
        ...[0, 1, 2].flatMap((layer) => ['kernel', 'bias'].map((part) => `bottleneck.${layer}.${part}`)),
        ...['up.0', 'up.1'].flatMap((block) => ['kernel', 'gain', 'offset'].map((part) => `${block}.${part}`)),
        'last.kernel',
        'last.bias',
      ].map((name) => `mask_network/${name}`),
    );
    for (const network of [one, twin, other]) network!.dispose();
  });

  it.each<MapNormalization>(['none', 'instance', 'group'])(
    'has the gradients that differences show: %s',
    (normalization) => {
      const network = maskNetwork({
        ...small,
        imageHeight: 4,
        imageWidth: 8,
        normalization,
        levels: 2,
        bottleneckWidth: 31,
      });
      tf.tidy(() => {
        const images = draw([2, 4, 8, 3]);
        const weights = draw([2, 4, 8, 5], 4);
        const loss = () => tf.sum(tf.mul(network.masks(images), weights)) as tf.Scalar;
        const { grads } = tf.variableGrads(loss, network.variables());
        for (const variable of network.variables()) {
          const gradient = grads[variable.name]!;
          const slope = tf.sum(tf.square(gradient)).dataSync()[0]!;
          expect(slope, variable.name).toBeGreaterThan(0);
          const start = tf.clone(variable as tf.Tensor);
          const along = tf.mul(gradient, 2e-3 / Math.sqrt(slope)); // where the difference is largest
          variable.assign(tf.add(start, along));
          const above = loss().dataSync()[0]!;
          variable.assign(tf.sub(start, along));
          const below = loss().dataSync()[0]!;
          variable.assign(start);
          const measured = ((above - below) / 4e-3) * Math.sqrt(slope);
          // Kinks of ReLU and float32 losses of about 10 leave some percent of the small ones.
          expect(Math.abs(measured / slope - 1), variable.name).toBeLessThan(0.1);
        }
      });
      network.dispose();
    },
  );

  it('refuses sizes that do not fit, in one line', () => {
    const wrong = (options: Partial<MaskNetworkOptions>) => () => maskNetwork({ ...small, ...options });
    expect(wrong({ imageWidth: 10, levels: 3 })).toThrow(
      'maskNetwork: imageWidth must be a multiple of 4, so that it can be halved at every level, got 10; choose fewer levels',
    );
    expect(wrong({ levels: 1 })).toThrow('levels must be an integer of at least 2, got 1');
    expect(wrong({ imageHeight: 6 })).toThrow('levels must be an integer of at least 2, got 1; images of fewer than 8');
    expect(wrong({ maskCount: 1 })).toThrow('maskCount must be an integer of at least 2, got 1; a single mask');
    expect(wrong({ normalization: 'group', baseWidth: 12 })).toThrow('baseWidth must be a multiple of 8');
    const network = maskNetwork(small);
    const images = draw([1, 12, 8, 3]);
    expect(() => network.masks(images)).toThrow('images must have shape [any, 8, 12, 3], got [1, 12, 8, 3]');
    images.dispose();
    network.dispose();
  });
});

describe('the pieces of the mask network', () => {
  it('halve and double by nearest neighbors', () => {
    tf.tidy(() => {
      const [batch, height, width, channels] = [3, 4, 10, 7];
      const maps = draw([batch, height, width, channels]);
      const values = maps.arraySync();
      const half = halved(maps).arraySync();
      const double = doubled(maps).arraySync();
      expect([half.length, half[0]!.length, half[0]![0]!.length]).toEqual([3, 2, 5]);
      expect([double.length, double[0]!.length, double[0]![0]!.length]).toEqual([3, 8, 20]);
      for (let image = 0; image < batch; image++) {
        for (let y = 0; y < height; y++) {
          for (let x = 0; x < width; x++) {
            const pixel = values[image]![y]![x];
            if (y % 2 === 0 && x % 2 === 0) expect(half[image]![y / 2]![x / 2]).toEqual(pixel);
            for (const [down, right] of [
              [0, 0],
              [0, 1],
              [1, 0],
              [1, 1],
            ] as const)
              expect(double[image]![2 * y + down]![2 * x + right]).toEqual(pixel);
          }
        }
      }
    });
  });

  it.each([
    ['instance', 1],
    ['group', 3],
  ] as const)('normalize each image by %s: groups of %i channels', (kind, groupWidth) => {
    const channels = 24;
    const weights = seededWeights('normalization', 1);
    const normalize = mapNormalization(kind, weights, 'test', channels)!;
    tf.tidy(() => {
      const [gain, offset] = weights.all();
      gain!.assign(tf.reshape(draw([1, 1, 1, channels], 8), [channels]));
      offset!.assign(tf.reshape(draw([1, 1, 1, channels], 9), [channels]));
      const maps = tf.add(tf.mul(draw([2, 3, 5, channels]), 3), 2) as tf.Tensor4D;
      const [input, output] = [maps.arraySync(), normalize(maps).arraySync()];
      const [gains, offsets] = [gain!.dataSync(), offset!.dataSync()];
      input.forEach((image, which) => {
        for (let channel = 0; channel < channels; channel++) {
          const first = channel - (channel % groupWidth);
          const group = image.flat().flatMap((pixel) => pixel.slice(first, first + groupWidth));
          const mean = group.reduce((sum, value) => sum + value, 0) / group.length;
          const variance = group.reduce((sum, value) => sum + (value - mean) ** 2, 0) / group.length;
          const value =
            ((image[1]![2]![channel]! - mean) / Math.sqrt(variance + 1e-5)) * gains[channel]! + offsets[channel]!;
          expect(Math.abs(output[which]![1]![2]![channel]! - value)).toBeLessThan(1e-5); // float32 of values to 5
        }
      });
    });
    weights.dispose();
  });
});
