import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { type MajorityLabelsOptions, majorityLabels } from './majority-labels';
import { createPatchGrid } from './patch-grid';

describe('majorityLabels', () => {
  // biome-ignore format: a picture
  const labels = Uint8Array.of(
    7, 7, 2, 0, 9, 9,
    7, 3, 0, 2, 9, 5,
  );
  const size = { height: 2, width: 6 };
  const vote = (values: ArrayLike<number>, columns: number, options?: MajorityLabelsOptions) => [
    ...majorityLabels(values, size, createPatchGrid(1, columns), options),
  ];

  it('takes the commonest label of each patch, the lowest of equals, the background too', () => {
    expect(vote(labels, 3)).toEqual([7, 0, 9]);
    expect([...majorityLabels(labels, size, createPatchGrid(2, 6))]).toEqual([...labels]);
    expect([...majorityLabels(Uint8Array.of(9, 3), { height: 2, width: 1 }, createPatchGrid(1, 1))]).toEqual([3]);
    expect(vote(Uint8Array.of(...[2, 2, 1, 5, 5, 0], ...[1, 2, 1, 5, 0, 0]), 2)).toEqual([1, 0]);
  });

  it('covers every pixel where the grid does not divide the image', () => {
    const line = majorityLabels([1, 1, 1, 2, 2, 2, 2], { height: 1, width: 7 }, createPatchGrid(1, 2));
    expect([...line]).toEqual([1, 2]);
  });

  it('lets 255 vote unless it is to be ignored', () => {
    const masked = Uint8Array.of(255, 255, 3, 0, 9, 4, 255, 3, 0, 3, 255, 255);
    expect(vote(masked, 3)).toEqual([255, 0, 255]);
    expect(vote(masked, 3, { ignore: 255 })).toEqual([3, 0, 4]);
    expect(vote(masked.fill(255), 1, { ignore: 255 })).toEqual([0]);
    expect(vote(masked, 1, { ignore: 255, withoutVotes: 4 })).toEqual([4]);
  });

  it('ignores any label, a common, a rare and an absent one', () => {
    expect(vote(labels, 3, { ignore: 7 })).toEqual([3, 0, 9]);
    expect(vote(labels, 3, { ignore: 0 })).toEqual([7, 2, 9]);
    expect(vote(labels, 3, { ignore: 200 })).toEqual([7, 0, 9]);
  });

  it('agrees with counting the pixels whose centers lie in a patch', () => {
    const sides = fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 0, max: 8 }));
    const image = fc.tuple(sides, sides).chain(([[rows, moreRows], [columns, moreColumns]]) => {
      const [height, width] = [rows + moreRows, columns + moreColumns];
      const pixels = fc.array(fc.constantFrom(0, 1, 2, 255), { minLength: height * width, maxLength: height * width });
      return fc.record({
        ...{ rows: fc.constant(rows), columns: fc.constant(columns) },
        ...{ height: fc.constant(height), width: fc.constant(width) },
        pixels,
      });
    });
    fc.assert(
      fc.property(image, ({ rows, columns, height, width, pixels }) => {
        const options = { ignore: 255, withoutVotes: 13 };
        const voted = majorityLabels(pixels, { height, width }, createPatchGrid(rows, columns), options);
        voted.forEach((label, patch) => {
          const inside = pixels.filter((_, pixel) => {
            const row = Math.floor(((Math.floor(pixel / width) + 0.5) * rows) / height);
            return row * columns + Math.floor((((pixel % width) + 0.5) * columns) / width) === patch;
          });
          const count = (wanted: number) => inside.filter((value) => value === wanted).length;
          const best = [0, 1, 2].reduce((most, other) => (count(other) > count(most) ? other : most));
          expect(label).toBe(count(best) === 0 ? 13 : best);
        });
      }),
    );
  });

  it('refuses labels that are no bytes and images smaller than the grid', () => {
    expect(() => vote([...labels].with(8, 256), 3)).toThrow(
      'majorityLabels: labels must be integers from 0 to 255, got 256; number the labels',
    );
    expect(vote([...labels].with(8, 65_535), 3, { ignore: 65_535 })).toEqual([7, 2, 9]);
    expect(() => vote([...labels].with(8, -1), 3)).toThrow(/got -1 at pixel 8/);
    expect(() => vote([...labels].with(8, Number.NaN), 3)).toThrow(/got NaN at pixel 8/);
    expect(() => majorityLabels(labels, size, createPatchGrid(3, 3), { where: 'here' })).toThrow(
      'here: height must be an integer of at least 3, got 2',
    );
  });
});
