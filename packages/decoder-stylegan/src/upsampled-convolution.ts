// Nearest upsampling by two and a 3x3 convolution in one, computed before the upsampling.

import * as tf from '@tensorflow/tfjs-core';

/**
 * A doubled pixel has two phases, first and second, and each reads two neighboring pixels of the features with 3 taps. Row
 * (pixel, phase) marks the taps that fall on this pixel: the first phase reads the pixel before with tap 0 and its own with taps 1, 2.
 */
const tapsOfPhase = [
  [1, 0, 0], // pixel 0, first
  [1, 1, 0], // pixel 0, second
  [0, 1, 1], // pixel 1, first
  [0, 0, 1], // pixel 1, second
];

const pairs = [0, 1].flatMap((first) => [0, 1].map((second) => [first, second] as const));

/** [(u, v, a, b), (y, x)]: 1 where kernel tap y, x belongs to pixel u, v of the window of phase a, b. */
const tapsByPhase = pairs.flatMap(([u, v]) =>
  pairs.map(([a, b]) =>
    [0, 1, 2].flatMap((y) => [0, 1, 2].map((x) => tapsOfPhase[2 * u + a]![y]! * tapsOfPhase[2 * v + b]![x]!)),
  ),
);

/**
 * Equals a zero-padded 3x3 convolution of the features with every pixel doubled in both directions. Of its nine taps several
 * meet the same pixel, so that each of the four pixels of a doubled one needs a 2x2 kernel of summed taps: 16 instead of 36
 * products for each pixel and pair of channels, and no doubled features in memory.
 *
 * (features [B, H, W, I], kernel [3, 3, I, O]) -> [B, 2H, 2W, O]; differentiable in both.
 */
export function upsampledConvolution(features: tf.Tensor4D, kernel: tf.Tensor4D): tf.Tensor4D {
  const [batch, height, width] = features.shape;
  const [, , inputs, outputs] = kernel.shape;
  return tf.tidy(() => {
    const summed = tf.matMul(tf.tensor2d(tapsByPhase), tf.reshape(kernel, [9, inputs * outputs])); // [16, I*O]
    const byPixel = tf.reshape(summed, [4, 4, inputs, outputs]); // [(u, v), (a, b), I, O]
    const windows = tf.reshape(tf.transpose(byPixel, [0, 2, 1, 3]), [2, 2, inputs, 4 * outputs]) as tf.Tensor4D;
    // Zeros on all sides, though tfjs-node knows no explicit padding: 'same' pads a 2x2 window below and to the right.
    const padded = tf.pad4d(features, [
      [0, 0],
      [1, 0],
      [1, 0],
      [0, 0],
    ]);
    const all = tf.conv2d(padded, windows, 1, 'same'); // [B, H+1, W+1, (a, b, O)]
    const rows = [0, 1].map((a) => {
      const columns = [0, 1].map((b) =>
        tf.slice4d(all, [0, a, b, (2 * a + b) * outputs], [batch, height, width, outputs]),
      );
      return tf.stack(columns, 3); // [B, H, W, 2, O]
    });
    return tf.reshape(tf.stack(rows, 2), [batch, 2 * height, 2 * width, outputs]); // [B, H, 2, W, 2, O]
  });
}
