import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers'; // registers the gradients

import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { drawRows, masksHiding, patchCount, rowsTensor, width } from './__fixtures__/token-twins';
import {
  gatherMasked,
  gatherVisible,
  maskedPresence,
  maskTensors,
  meanOverMasked,
  replaceWithMaskToken,
  restoreTokens,
  visiblePresence,
} from './index';

let tensorsBefore = 0;
beforeEach(() => {
  tensorsBefore = tf.memory().numTensors;
  tf.engine().startScope();
});
afterEach(() => {
  tf.engine().endScope();
  expect(tf.memory().numTensors).toBe(tensorsBefore);
});

describe('maskTensors', () => {
  const { masks, batch } = masksHiding(7, 2, 5);

  it.each([
    [{}, 9, 7],
    [{ visibleCount: 13, maskedCount: 8 }, 13, 8],
  ])('keeps lists, places and counts with %o', (options, visibleCount, maskedCount) => {
    const tensors = maskTensors(batch, options);
    expect([tensors.visible.shape, tensors.masked.shape]).toEqual([
      [3, visibleCount],
      [3, maskedCount],
    ]);
    const [visible, masked, restore] = [tensors.visible, tensors.masked, tensors.restore].map((tensor) =>
      tensor.arraySync(),
    );
    masks.forEach((mask, image) => {
      expect(visible![image]!.slice(0, mask.visible.length)).toEqual([...mask.visible]);
      expect(masked![image]!.slice(0, mask.masked.length)).toEqual([...mask.masked]);
      const listed = [...visible![image]!, ...masked![image]!];
      expect(restore![image]!.map((place) => listed[place])).toEqual(
        Array.from({ length: patchCount }, (_, patch) => patch),
      );
      expect(listed.every((patch) => patch >= 0 && patch < patchCount)).toBe(true); // padding may be gathered
    });
    expect(tf.sum(tensors.hidden, 1).arraySync()).toEqual([7, 2, 5]);
    expect(tf.sum(visiblePresence(tensors), 1).arraySync()).toEqual([4, 9, 6]);
    expect(maskedPresence(tensors).arraySync()).toEqual(
      [7, 2, 5].map((count) => Array.from({ length: maskedCount }, (_, place) => (place < count ? 1 : 0))),
    );
  });

  it('does not change with a batch that is used again', () => {
    const { batch: own } = masksHiding(7, 2, 5);
    const tensors = maskTensors(own);
    own.visible.fill(0);
    own.restore.fill(0);
    own.maskedCounts.fill(0);
    expect(tensors.visible.arraySync()).toEqual(maskTensors(batch).visible.arraySync());
    expect(tensors.maskedCounts.arraySync()).toEqual([7, 2, 5]);
  });
});

it('replaces hidden tokens, with gradients for both', () => {
  const { masks, batch } = masksHiding(7, 2, 5);
  const [tokens, weights] = [drawRows(3, patchCount, 1), drawRows(3, patchCount, 2)];
  const token = [1, 2, 3, 4, 5];
  const { hidden } = maskTensors(batch);
  for (const given of [hidden, tf.cast(hidden, 'bool'), tf.cast(hidden, 'int32')]) {
    const replaced = replaceWithMaskToken(rowsTensor(tokens), given, tf.tensor3d([[token]]));
    const isHidden = (image: number, patch: number) => masks[image]!.masked.includes(patch);
    expect(replaced.arraySync()).toEqual(
      tokens.map((rows, image) => rows.map((row, patch) => (isHidden(image, patch) ? token : row))),
    );

    const [ofTokens, ofToken] = tf.grads((x: tf.Tensor, y: tf.Tensor) =>
      tf.sum(tf.mul(rowsTensor(weights), replaceWithMaskToken(x as tf.Tensor3D, given, y))),
    )([rowsTensor(tokens), tf.tensor1d(token)]);
    expect(tf.add(ofTokens!, 0).arraySync()).toEqual(
      weights.map((rows, image) => rows.map((row, patch) => (isHidden(image, patch) ? row.map(() => 0) : row))),
    );
    const expected = token.map((_, axis) =>
      weights
        .flatMap((rows, image) => rows.filter((_, patch) => isHidden(image, patch)))
        .reduce((sum, row) => sum + row[axis]!, 0),
    );
    for (const [axis, value] of (ofToken!.arraySync() as number[]).entries())
      expect(value).toBeCloseTo(expected[axis]!, 5); // float32 sums of 14 terms
  }
});

it('says which tensor does not fit', () => {
  const { batch } = masksHiding(7, 2, 5);
  const masks = maskTensors(batch);
  const withClassToken = tf.zeros([3, patchCount + 1, width]);
  const failing: [() => unknown, RegExp][] = [
    [
      () => gatherVisible(withClassToken, masks),
      /^gatherVisible: tokens must be \[3, 11, …\], got \[3, 12, 5\]; .*drop the class token/,
    ],
    [
      () => gatherMasked(tf.zeros([3, width, patchCount]), masks),
      /^gatherMasked: tokens must be \[3, 11, …\], got \[3, 5, 11\]; .*channels-first/,
    ],
    [
      () => restoreTokens(tf.zeros([3, 4, width]), tf.zeros([width]), masks),
      /^restoreTokens: visible must be \[3, 9, …\], got \[3, 4, 5\]/,
    ],
    [
      () => restoreTokens(tf.zeros([3, 9, width]), tf.zeros([7]), masks),
      /^restoreTokens: maskTokens must have shape \[3, 7, 5\], got \[7\]; or give one mask token of 5 values$/,
    ],
    [
      () => replaceWithMaskToken(tf.zeros([3, patchCount, width]), tf.zeros([3, 7]), tf.zeros([width])),
      /^replaceWithMaskToken: hidden must be \[3, 11, …\], got \[3, 7\]/,
    ],
    [
      () => replaceWithMaskToken(tf.zeros([3, patchCount, width]), masks.hidden, tf.zeros([7])),
      /^replaceWithMaskToken: token must have shape \[5\], got \[7\]/,
    ],
    [() => meanOverMasked(tf.zeros([3, 7]), masks), /^meanOverMasked: values must be \[3, 11, …\], got \[3, 7\]/],
    [
      () => meanOverMasked(tf.zeros([3, 11]), masks, { of: 'masked' }),
      /^meanOverMasked: values must be \[3, 7, …\], got \[3, 11\]/,
    ],
    [
      () => meanOverMasked(tf.zeros([3, 11]), masks, { per: 'patch' as never }),
      /^meanOverMasked: per must be one of batch, image, got patch/,
    ],
    [
      () => maskTensors(batch, { visibleCount: 8 }),
      /^maskTensors: visibleCount must be an integer of at least 9, got 8/,
    ],
    [
      () => maskTensors(batch, { maskedCount: 7.5 }),
      /^maskTensors: maskedCount must be an integer of at least 7, got 7.5/,
    ],
  ];
  for (const [call, message] of failing) expect(call).toThrow(message);
});
