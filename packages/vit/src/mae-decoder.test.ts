import '@tensorflow/tfjs-backend-cpu';
import { createRng } from '@semmae/core';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it } from 'vitest';

import { MAEDecoder } from './mae-decoder';

// B = 2, grid 3x5, K = 4 visible, M = 7 masked (4 of 15 patches are neither, as in SemMAE with its background left out)
const config = {
  grid: { rows: 3, columns: 5 },
  patchSize: 2,
  channels: 3,
  encoderWidth: 13,
  width: 20,
  depth: 2,
  heads: 5,
  mlpRatio: 2,
  seed: 3,
};
const decoder = new MAEDecoder(config);
const rng = createRng(6);
const tokens = tf.tensor3d(
  Float32Array.from({ length: 2 * 5 * 13 }, () => rng.normal()),
  [2, 5, 13],
);
const visible = tf.tensor2d(
  [
    [0, 4, 9, 2],
    [13, 1, 2, 3],
  ],
  [2, 4],
  'int32',
);
const masked = tf.tensor2d(
  [
    [1, 3, 5, 6, 7, 8, 14],
    [0, 4, 5, 7, 9, 10, 12],
  ],
  [2, 7],
  'int32',
);
let tensorsBefore = 0;

for (const variable of decoder.variables()) {
  // away from zero biases; `assign` keeps the variable
  tf.tidy(() =>
    variable.assign(
      tf.add(
        variable,
        tf.tensor(
          Float32Array.from({ length: variable.size }, () => 0.1 * rng.normal()),
          variable.shape,
        ),
      ),
    ),
  );
}
beforeEach(() => {
  tensorsBefore = tf.memory().numTensors;
  return () => expect(tf.memory().numTensors).toBe(tensorsBefore);
});

const predict = (inputs: tf.Tensor[]) => decoder.apply(inputs) as tf.Tensor3D;

function distance(a: tf.Tensor, b: tf.Tensor): number {
  expect(a.shape).toEqual(b.shape);
  return tf.max(tf.abs(tf.sub(a, b))).dataSync()[0]!;
}

// Predictions are of order 1; reordered float32 sums of at most 40 terms.
const rounding = 1e-5;

describe('MAEDecoder', () => {
  it('permutes its predictions as `masked` is permuted', () => {
    tf.tidy(() => {
      const order = [6, 2, 0, 5, 1, 3, 4];
      const straight = predict([tokens, visible, masked]);
      const permuted = predict([tokens, visible, tf.gather(masked, order, 1)]);
      expect(straight.shape).toEqual([2, 7, 12]);
      expect(distance(permuted, tf.gather(straight, order, 1))).toBeLessThan(rounding);
      expect(distance(permuted, straight)).toBeGreaterThan(0.01);
    });
  });

  it('does not care in which order visible tokens come, if their indices come along', () => {
    tf.tidy(() => {
      const order = [2, 0, 3, 1];
      const withClass = [0, ...order.map((position) => position + 1)];
      const straight = predict([tokens, visible, masked]);
      const shuffledTokens = tf.gather(tokens, withClass, 1);
      expect(distance(predict([shuffledTokens, tf.gather(visible, order, 1), masked]), straight)).toBeLessThan(
        rounding,
      );
      expect(distance(predict([shuffledTokens, visible, masked]), straight)).toBeGreaterThan(0.001); // and it does care about indices
    });
  });

  it('predicts each image from its own tokens', () => {
    tf.tidy(() => {
      const both = predict([tokens, visible, masked]);
      const second = [tf.slice(tokens, [1, 0, 0]), tf.slice(visible, [1, 0]), tf.slice(masked, [1, 0])];
      expect(distance(predict(second), tf.slice(both, [1, 0, 0]))).toBeLessThan(rounding);
    });
  });

  it('gives the class token row 0 of the table and patch p row 1 + p', () => {
    const table = decoder.namedVariables().get('decoder_pos_embed')!;
    tf.tidy(() => {
      const start = tf.clone(table);
      const first = [tokens, visible, masked].map((tensor) => tf.slice(tensor, 0, 1));
      const straight = predict(first);
      for (let row = 0; row < 16; row++) {
        const bump = tf.reshape(tf.oneHot(tf.tensor1d([row], 'int32'), 16), [1, 16, 1]);
        table.assign(tf.add(start, tf.mul(bump, tf.sin(tf.range(0, 20)))));
        // image 0 has none of the patches 10, 11, 12, 13
        if (row >= 11 && row <= 14) expect(distance(predict(first), straight)).toBe(0);
        else expect(distance(predict(first), straight)).toBeGreaterThan(1e-3);
      }
      table.assign(start);
    });
  });

  it.each([0, 3])('sees all %i tokens of the prefix, which have no place', (prefixTokens) => {
    tf.tidy(() => {
      const other = new MAEDecoder({ ...config, prefixTokens, name: 'prefixed' });
      const prefix = tf.randomNormal<tf.Rank.R3>([2, prefixTokens, 13], 0, 1, 'float32', 3);
      const ofPatches = tf.slice(tokens, [0, 1, 0], [2, 4, 13]);
      const inputs = (front: tf.Tensor3D) => [tf.concat([front, ofPatches], 1), visible, masked];
      const straight = other.apply(inputs(prefix)) as tf.Tensor3D;
      expect(straight.shape).toEqual([2, 7, 12]);
      expect(other.namedVariables().get('decoder_pos_embed')!.shape).toEqual([1, prefixTokens + 15, 20]);
      expect(() => other.apply([tokens, visible, masked])).toThrow(
        `prefixed: tokens must have shape [2, ${prefixTokens + 4}, 13], got [2, 5, 13]; tokens are ${prefixTokens} of the prefix`,
      );
      expect(other.getConfig()).toMatchObject({ prefixTokens });
      expect(decoder.getConfig()).not.toHaveProperty('prefixTokens');
      if (prefixTokens > 0) {
        expect(distance(other.apply(inputs(tf.reverse(prefix, 1))) as tf.Tensor, straight)).toBeLessThan(rounding);
        expect(distance(other.apply(inputs(tf.zerosLike(prefix))) as tf.Tensor, straight)).toBeGreaterThan(1e-3);
      }
      // A patch's rows come after those of the prefix: another index, another prediction.
      const moved = [inputs(prefix)[0]!, visible, tf.reverse(masked, 1)];
      expect(distance(tf.reverse(other.apply(moved) as tf.Tensor3D, 1), straight)).toBeLessThan(rounding);
      other.dispose();
    });
  });

  it('takes its input width from the first tokens', () => {
    tf.tidy(() => {
      const { encoderWidth, ...open } = config;
      const inferred = new MAEDecoder({ ...open, name: 'inferred' });
      expect(() => inferred.variables()).toThrow(
        'inferred: the layer must be built before its variables are asked for',
      );
      expect((inferred.apply([tokens, visible, masked]) as tf.Tensor).shape).toEqual([2, 7, 12]);
      expect(inferred.getConfig().encoderWidth).toBe(encoderWidth);
      expect(() => inferred.apply([tf.zeros([2, 5, 11]), visible, masked])).toThrow(
        'tokens must have shape [2, 5, 13], got [2, 5, 11]',
      );
      inferred.dispose();
    });
  });

  it('names what does not fit', () => {
    expect(() => new MAEDecoder({ ...config, prefixTokens: -1 })).toThrow(
      'prefixTokens must be an integer of at least 0',
    );
    expect(() => new MAEDecoder({ ...config, width: 18, heads: 3 })).toThrow(
      'MAEDecoder: width must be a multiple of heads (3) and of 4',
    );
    tf.tidy(() => {
      expect(() => predict([tokens, visible])).toThrow(
        'decoder: the inputs must be [tokens, visible, masked], got 2 inputs',
      );
      expect(() => predict([tf.slice(tokens, [0, 1, 0]), visible, masked])).toThrow(
        'tokens must have shape [2, 5, 13], got [2, 4, 13]',
      );
      expect(() => predict([tokens, visible, tf.slice(masked, [0, 0], [1, -1])])).toThrow(
        'masked must have shape [2, any], got [1, 7]',
      );
    });
  });
});
