import { describe, expect, it } from 'vitest';

import { wrapped } from './wrapped';

describe('wrapped', () => {
  it('keeps every word, in lines that fit where words do', () => {
    const text = 'one two three fourteen-letters five six';
    for (let columns = 8; columns < 60; columns++) {
      const lines = wrapped(text, { columns, title: 'abc  ' });
      expect(lines.map((line) => line.slice(5)).join(' ')).toBe(text);
      expect(lines.map((line) => line.slice(0, 5))).toEqual(['abc  ', ...lines.slice(1).map(() => '     ')]);
      for (const line of lines) expect(line.length <= columns || !line.slice(5).includes(' ')).toBe(true);
    }
    expect(wrapped('', { columns: 80, title: 'abc' })).toEqual(['abc']);
  });
});
