import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { assertStrided, readStrided, rowMajor, type StridedTensor } from './strided-tensor';

/** Stored values that are their own places, of which none is kept; `reads` has the bytes of each read. */
function places(values: number, reads: number[] = []): StridedTensor['storage'] {
  return {
    ...{ size: 4 * values, bigEndian: false },
    async bytes(start, length) {
      reads.push(length);
      const read = new Uint32Array(length / 4);
      for (let index = 0; index < read.length; index++) read[index] = start / 4 + index;
      return read.buffer;
    },
  };
}

/** One value after another, slowly and obviously. */
function expected({ shape, strides, offset }: Pick<StridedTensor, 'shape' | 'strides' | 'offset'>): number[] {
  const [size, ...sizes] = shape;
  if (size === undefined) return [offset];
  const [stride, ...rest] = strides;
  return Array.from({ length: size }, (_, index) =>
    expected({ shape: sizes, strides: rest, offset: offset + index * stride! }),
  ).flat();
}

describe('readStrided', () => {
  it('gives any view in row-major order', async () => {
    const axis = fc.record({ size: fc.integer({ min: 0, max: 5 }), stride: fc.nat(9) });
    await fc.assert(
      fc.asyncProperty(fc.array(axis, { maxLength: 5 }), fc.nat(20), async (axes, offset) => {
        const [shape, strides] = [axes.map(({ size }) => size), axes.map(({ stride }) => stride)];
        const tensor = { dtype: 'U32' as const, shape, strides, offset, storage: places(250) };
        assertStrided('a file', 'x', tensor, 1000);
        expect(Array.from(await readStrided('a file', tensor), Number)).toEqual(expected(tensor));
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    [
      [3, 5, 7],
      [13_000_000, 1, 1_700_000],
    ],
    [
      [7, 3, 5],
      [1, 30_000_000, 5_000_011],
    ],
    [
      [2, 3],
      [0, 50_000_000],
    ],
    [
      [20_011, 2],
      [999, 1],
    ],
  ])('takes blocks of %j with strides %j, for a storage that would not fit memory', async (shape, strides) => {
    const reads: number[] = [];
    const tensor = { dtype: 'U32' as const, shape, strides, offset: 11, storage: places(2 ** 40, reads) };
    expect(Array.from(await readStrided('a file', tensor), Number)).toEqual(expected(tensor));
    expect(reads.length).toBeGreaterThan(1);
    expect(Math.max(...reads)).toBeLessThanOrEqual(16 * 2 ** 20);
  });

  it('reads what stands together at once and no more', async () => {
    const reads: number[] = [];
    const [shape, offset] = [[3, 1, 5, 7], 13];
    const tensor = { dtype: 'U32' as const, shape, strides: [35, 999, 7, 1], offset, storage: places(1000, reads) };
    expect(await readStrided('a file', tensor)).toEqual(Uint32Array.from({ length: 105 }, (_, index) => 13 + index));
    expect(reads).toEqual([4 * 105]);
    expect(rowMajor(shape)).toEqual([35, 35, 7, 1]);
  });
});
