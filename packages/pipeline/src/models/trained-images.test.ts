import { subset } from '@semmae/data';
import { describe, expect, it } from 'vitest';

import { tinyData } from '../__fixtures__/tiny';
import { assertUnseen, trainedImagesOf } from './trained-images';

const data = tinyData(13);
const [first, last] = [subset(data, [0, 3, 4]), subset(data, [4, 11])];
const check = (trainedImages: string | undefined, images = last, name = data.name) =>
  assertUnseen('parts eval', 'encoder', { data: name, trainedImages }, images);

describe('trained images', () => {
  it('are refused where a model is scored', () => {
    const record = trainedImagesOf(first);
    expect(record).toHaveLength(24); // 3 names of 6 bytes
    expect(() => check(record)).toThrow(
      'parts eval: the images must not be those that the encoder was trained on, got 1 such images of 2; pass the `heldOut` that it was trained with',
    );
    check(record, subset(data, [1, 2, 5]));
    check(record, last, 'another data set');
    check(undefined); // files of before
  });

  it('are those of an earlier model too', () => {
    const both = trainedImagesOf(subset(data, [1]), { data: data.name, trainedImages: trainedImagesOf(first) });
    expect(both).toBe(trainedImagesOf(subset(data, [4, 1, 0, 3])));
    expect(trainedImagesOf(first, { data: 'other', trainedImages: both })).toBe(trainedImagesOf(first));
  });
});
