// The gates of Eq. 1 generalize the split into heads: shut all the way, Eq. 2 is the encoder's own class attention.

import '@tensorflow/tfjs-backend-cpu';
import { createRng } from '@semmae/core';
import { headAttention, ViTEncoder } from '@semmae/vit';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

import { partAttention } from './part-attention';

describe('head-shaped gates on queries and keys of the last block', () => {
  it.each([undefined, 0.7])(
    'are the class attention of a ViT, renormalized over patches (temperature %s)',
    (temperature) => {
      const [heads, width] = [3, 12];
      const encoder = new ViTEncoder({
        imageHeight: 14,
        imageWidth: 35,
        patchSize: 7,
        width,
        depth: 2,
        heads,
        seed: 5,
      });
      const attention = partAttention(
        { channels: width, partCount: heads, gateInitialization: 'heads', headGateBias: 200, temperature },
        createRng(1),
      );
      tf.tidy(() => {
        const images = tf.randomNormal([2, 14, 35, 3], 0, 3, 'float32', 1) as tf.Tensor4D;
        const encoding = encoder.encode(images, { attention: true, lastBlock: true });
        const own = headAttention(encoding.attention!.at(-1)!); // [B, heads, N]
        const expected = tf.div(own, tf.sum(own, 2, true));
        const maps = attention.attend(encoding.classQuery!, encoding.patchKeys!);
        // sigmoid(+-200) is exactly 1 and 0; the order of sums differs, on maps of about 1 / N = 0.1
        expect(tf.max(tf.abs(tf.sub(maps, expected))).dataSync()[0]).toBeLessThan(1e-6);
        // and the heads are not all alike, nor flat
        const spread = tf.sub(tf.max(expected, 2), tf.min(expected, 2));
        expect(tf.min(spread).dataSync()[0]).toBeGreaterThan(1e-4);
        const difference = tf.sub(tf.slice(expected, [0, 0, 0], [2, 1, 10]), tf.slice(expected, [0, 1, 0], [2, 1, 10]));
        expect(tf.max(tf.abs(difference)).dataSync()[0]).toBeGreaterThan(1e-4);
      });
      attention.dispose();
      encoder.dispose();
    },
  );
});
