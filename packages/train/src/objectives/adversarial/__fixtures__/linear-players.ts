// The game with nothing in it but two linear maps: the players of make_torch_reference.py, and toys for every other test.

import * as tf from '@tensorflow/tfjs-core';

import type { MaskNetwork } from '../mask-network';
import { type ImageEmbedder } from '../siamese-model';

/** Sines of the index, as in make_torch_reference.py. */
export function fixed(seed: number, shape: number[], scale = 1): tf.Tensor {
  const length = shape.reduce((a, b) => a * b);
  return tf.tensor(
    Float32Array.from({ length }, (_, index) => scale * Math.sin((index + 1) * (seed + 0.5))),
    shape,
  );
}

export const [batchSize, height, width, channels, maskCount, embeddingWidth] = [5, 2, 3, 3, 4, 7];

let made = 0;
const variable = (seed: number, shape: number[], name: string) => {
  made += 1;
  return tf.tidy(() => tf.variable(fixed(seed, shape, 0.3), true, `${name}_${made}`));
};

export interface LinearPlayers {
  embedder: ImageEmbedder;
  masks: MaskNetwork;
  /** Encoder kernel [H·W·C, D]. */
  kernel: tf.Variable;
  /** Mask weights [C, N] and [H, W, N]. */
  colors: tf.Variable;
  places: tf.Variable;
  views(seed: number): { first: tf.Tensor4D; second: tf.Tensor4D };
  dispose(): void;
}

export function linearPlayers(): LinearPlayers {
  const kernel = variable(1, [height * width * channels, embeddingWidth], 'linear.kernel');
  const colors = variable(2, [channels, maskCount], 'masks.colors');
  const places = variable(3, [height, width, maskCount], 'masks.places');
  return {
    kernel,
    colors,
    places,
    embedder: {
      variables: () => [kernel],
      embed: (images) => tf.tidy(() => tf.matMul(tf.reshape<tf.Rank.R2>(images, [images.shape[0], -1]), kernel as tf.Tensor as tf.Tensor2D)),
    },
    masks: {
      imageHeight: height,
      imageWidth: width,
      maskCount,
      levels: 0,
      variables: () => [colors, places],
      masks: (images) =>
        tf.tidy(() => {
          const logits = tf.matMul(tf.reshape<tf.Rank.R2>(images, [-1, channels]), colors as tf.Tensor as tf.Tensor2D);
          return tf.softmax(tf.add<tf.Tensor4D>(tf.reshape(logits, [-1, height, width, maskCount]), places));
        }),
      dispose: () => {},
    },
    views: (seed) => ({
      first: fixed(seed, [batchSize, height, width, channels]) as tf.Tensor4D,
      second: fixed(seed + 1, [batchSize, height, width, channels]) as tf.Tensor4D,
    }),
    dispose: () => tf.dispose([kernel, colors, places]),
  };
}
