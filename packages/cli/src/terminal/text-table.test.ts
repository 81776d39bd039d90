import { describe, expect, it } from 'vitest';

import { textTable } from './text-table';

const rows = [
  ['blocks.0.attn.qkv.weight', 'F32', '7'],
  ['norm', 'BF16', '1024'],
];

describe('textTable', () => {
  it('aligns columns', () => {
    expect(textTable(rows, { right: [2] })).toEqual([
      'blocks.0.attn.qkv.weight  F32      7',
      'norm                      BF16  1024',
    ]);
    expect(textTable([])).toEqual([]);
  });

  it('fits the terminal and keeps the ends of names', () => {
    for (let columns = 30; columns < 40; columns++) {
      const [first, second] = textTable(rows, { columns, right: [2] }) as [string, string];
      expect(Math.max(first.length, second.length)).toBe(Math.min(columns, 36));
      expect(first).toMatch(columns < 36 ? /^blocks.*….*weight {2}F32 {6}7$/ : /^blocks\.0\.attn/);
    }
  });
});
