import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers'; // registers the gradients
import { createPatchGrid } from '@semmae/core';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

import { type StyleDecoder, type StyleDecoderOptions, styleDecoder } from './style-decoder';

const grid = createPatchGrid(3, 5);
const options = { inputChannels: 2, styleWidth: 7, inputGrid: grid, channels: [5, 3], seed: 3 };

function create(special: Partial<StyleDecoderOptions> = {}): StyleDecoder {
  return styleDecoder({ ...options, ...special });
}

function inputs(): [tf.Tensor4D, tf.Tensor2D] {
  return [tf.randomNormal([2, 3, 5, 2], 0, 1, 'float32', 1), tf.randomNormal([2, 7], 0, 1, 'float32', 2)];
}

/** The table of the decoder, layer by layer, in plain tfjs operations with their own gradients. */
function twin(variables: tf.Variable[], maps: tf.Tensor4D, style: tf.Tensor2D): tf.Tensor {
  const queue = [...variables];
  const next = () => queue.shift() as tf.Tensor;
  const column = tf.tensor4d([1, 2, 1, 2, 4, 2, 1, 2, 1], [3, 3, 1, 1]);
  let features: tf.Tensor4D = tf.mirrorPad(
    maps,
    [
      [0, 0],
      [1, 1],
      [1, 1],
      [0, 0],
    ],
    'reflect',
  );
  for (const layer of ['stem', 'body', 'first', 'second']) {
    const [kernel, bias, styleScale, styleBias] = [next(), next(), next(), next()];
    if (layer === 'first') features = twice(features);
    const weights = tf.mul(kernel, Math.sqrt(2 / (9 * features.shape[3]))) as tf.Tensor4D;
    features = tf.conv2d(features, weights, 1, layer === 'stem' ? 'valid' : 'same');
    if (layer === 'first') {
      const channels = tf.split(features, features.shape[3], 3) as tf.Tensor4D[];
      features = tf.concat(
        channels.map((channel) => tf.div(tf.conv2d(channel, column, 1, 'same'), 16)),
        3,
      ) as tf.Tensor4D;
    }
    features = tf.add(features, bias);
    features = tf.maximum(features, tf.mul(features, 0.2));
    const { mean, variance } = tf.moments(features, [1, 2], true);
    const normalized = tf.div(tf.sub(features, mean), tf.sqrt(tf.add(variance, 1e-8)));
    const perChannel = (matrix: tf.Tensor) =>
      tf.reshape(tf.div(tf.matMul(style, matrix as tf.Tensor2D), Math.sqrt(7)), [2, 1, 1, -1]);
    features = tf.add(tf.mul(normalized, tf.add(perChannel(styleScale), 1)), perChannel(styleBias));
  }
  const kernel = tf.mul(next(), 1 / Math.sqrt(3)) as tf.Tensor4D;
  return tf.add(tf.conv2d(features, kernel, 1, 'same'), next());
}

/** Nearest upsampling of 3x5 features by writing each pixel and line twice. */
function twice(features: tf.Tensor4D): tf.Tensor4D {
  const columns = tf.reshape(tf.concat([features, features], 3), [2, 3, -1]);
  return tf.reshape(tf.concat([columns, columns], 2), [2, 6, 10, -1]) as tf.Tensor4D;
}

describe('styleDecoder', () => {
  it('equals the layers written one by one in plain operations', () => {
    const decoder = create();
    tf.tidy(() => {
      const [maps, style] = inputs();
      const image = decoder.decode(maps, style);
      const expected = twin(decoder.variables(), maps, style);
      expect(image.shape).toEqual([2, 6, 10, 3]);
      // four normalizations of float32 activations of size 1
      expect(tf.max(tf.abs(tf.sub(image, expected))).dataSync()[0]).toBeLessThan(2e-5);
    });
    decoder.dispose();
  });

  it('has the gradients of those operations in every variable', () => {
    const decoder = create();
    tf.tidy(() => {
      const [maps, style] = inputs();
      const target = tf.randomNormal([2, 6, 10, 3], 0, 1, 'float32', 3);
      const error = (image: tf.Tensor) => tf.mean(tf.square(tf.sub(image, target))) as tf.Scalar;
      const variables = decoder.variables();
      const ours = tf.variableGrads(() => error(decoder.decode(maps, style)), variables).grads;
      const derived = tf.variableGrads(() => error(twin(variables, maps, style)), variables).grads;
      for (const { name } of variables) {
        const [gradient, expected] = [ours[name]!, derived[name]!];
        const scale = tf.max(tf.abs(expected)).dataSync()[0]! + 1e-3;
        // relative to the largest entry; four normalizations amplify float32's rounding
        expect(tf.max(tf.abs(tf.sub(gradient, expected))).dataSync()[0]! / scale, name).toBeLessThan(2e-4);
      }
    });
    decoder.dispose();
  });

  it('sends an exact gradient into the maps, border included', () => {
    const decoder = create();
    tf.tidy(() => {
      const [maps, style] = inputs();
      const target = tf.randomNormal([2, 6, 10, 3], 0, 1, 'float32', 3);
      const loss = (x: tf.Tensor) =>
        tf.mul(10, tf.mean(tf.square(tf.sub(decoder.decode(x as tf.Tensor4D, style), target)))) as tf.Scalar;
      const gradient = tf.grad(loss)(maps).dataSync();
      const step = 1e-2;
      for (const position of [0, 9, 17, 31, 59]) {
        const at = (offset: number) => {
          const values = maps.dataSync().slice();
          values[position]! += offset;
          return loss(tf.tensor4d(values, maps.shape)).dataSync()[0]!;
        };
        const slope = (at(step) - at(-step)) / (2 * step);
        // central difference: curvature and LeakyReLU kinks within 1e-2, and float32 loss / step = 1e-5
        expect(Math.abs(gradient[position]! - slope)).toBeLessThan(3e-3);
      }
    });
    decoder.dispose();
  });

  it('depends on its seed and nothing else', () => {
    const decoders = [create(), create(), create({ seed: 4 })];
    const [maps, style] = inputs();
    const [first, again, other] = decoders.map((decoder) => {
      const image = decoder.decode(maps, style);
      const pixels = image.dataSync();
      image.dispose();
      return pixels;
    });
    expect(again).toEqual(first);
    expect(other).not.toEqual(first);
    tf.dispose([maps, style]);
    for (const decoder of decoders) decoder.dispose();
  });

  it('leaves no tensor behind, in a step or after dispose', () => {
    const [maps, style] = inputs();
    const before = tf.memory().numTensors;
    const decoder = create({ styleBottleneck: 3 });
    const held = tf.memory().numTensors;
    const { value, grads } = tf.variableGrads(
      () => tf.mean(decoder.decode(maps, style)) as tf.Scalar,
      decoder.variables(),
    );
    expect(Object.keys(grads)).toHaveLength(decoder.variables().length);
    tf.dispose([value, grads]);
    expect(tf.memory().numTensors).toBe(held);
    decoder.dispose();
    expect(tf.memory().numTensors).toBe(before);
    tf.dispose([maps, style]);
  });

  it('has about the published sizes of StyleGAN-like decoders for 28x28 maps', () => {
    const decoder = styleDecoder({
      inputChannels: 6,
      styleWidth: 384,
      inputGrid: createPatchGrid(28, 28),
      preset: 'tiny',
      seed: 1,
    });
    const weights = decoder.variables().reduce((sum, { size }) => sum + size, 0);
    expect([decoder.outputHeight, decoder.outputWidth]).toEqual([224, 224]);
    expect(weights / 1e6).toBeCloseTo(0.26, 1);
    decoder.dispose();
  });

  it('takes the image size instead of stages and refuses what does not fit', () => {
    const decoder = create({ channels: undefined, preset: 'tiny', output: { height: 12, width: 20 } });
    expect([decoder.outputHeight, decoder.outputWidth]).toEqual([12, 20]);
    decoder.dispose();
    expect(() => create({ channels: [4], upStages: 2 })).toThrow('channels must hold 3 values, got 1');
    expect(() => create({ inputGrid: createPatchGrid(1, 5) })).toThrow(
      'inputGrid.rows must be an integer of at least 2, got 1',
    );
    const [maps, style] = inputs();
    const wide = create({ styleWidth: 8 });
    expect(() => wide.decode(maps, style)).toThrow('style must have shape [2, 8], got [2, 7]');
    wide.dispose();
    tf.dispose([maps, style]);
  });
});
