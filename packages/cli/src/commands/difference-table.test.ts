import { describe, expect, it } from 'vitest';

import { differenceTable } from './difference-table';

const tensor = (name: string, absolute: number) => ({
  ...{ name, shape: [3, 5], dtypes: ['F32', 'F32'] as const, absolute, relative: absolute / 2 },
});
const nothing = { equal: true, tensors: [], otherShape: [], onlyBefore: [], onlyAfter: [] };

describe('differenceTable', () => {
  it('has a line for each difference and one that counts', () => {
    const difference = {
      equal: false,
      tensors: [tensor('norm', 0), tensor('blocks.0.attn.qkv.weight', 0.125), tensor('pos_embed', 1e-7)],
      otherShape: [{ name: 'head', shapes: [[2], [3, 7]] as const }],
      onlyBefore: ['a', 'b'],
      onlyAfter: ['c'],
    };
    expect(differenceTable(difference, 1e-6, 80).split('\n')).toEqual([
      '  tensor                    shape   largest  relative',
      '~ blocks.0.attn.qkv.weight  [3, 5]   1.3e-1    6.3e-2',
      '! head: [2] in A, [3, 7] in B',
      '< a',
      '< b',
      '> c',
      '2 tensors equal to 0.000001, 1 different, 1 of another shape, 2 only in A, 1 only in B, largest difference 1.3e-1 in blocks.0.attn.qkv.weight',
    ]);
  });

  it('is one line where nothing differs', () => {
    expect(differenceTable({ ...nothing, tensors: [tensor('norm', 0)] }, 0)).toBe('1 tensor equal');
    expect(differenceTable(nothing, 0)).toBe('0 tensors equal');
  });
});
