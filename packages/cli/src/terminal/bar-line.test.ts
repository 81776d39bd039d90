import { describe, expect, it } from 'vitest';

import { barLine } from './bar-line';

const titles = ['x', 'Reading images', 'Pre-training, mae-small', 'Pre-training, attmask-vits16-of-a-long-name'];
const notes = ['', 'loss 0.712', 'classLoss 5.385, patchLoss 3.821, featureStd 0.608, 20.7 images/s'];
const counts = [
  { done: 0, total: 60, left: '…' },
  { done: 1_234, total: 12_345, left: '2.1 min' },
  { done: 1_234_567, total: 1_280_000, left: '103.4 h' },
];
const every = (visit: (line: string, input: Parameters<typeof barLine>[0]) => void) => {
  for (let columns = 40; columns <= 200; columns++) {
    for (const title of titles) {
      for (const note of notes) {
        for (const count of counts)
          visit(barLine({ title, note, columns, ...count }), { title, note, columns, ...count });
      }
    }
  }
};

describe('barLine', () => {
  it('fits every width and always shows a title, a bar, the count and the time left', () => {
    every((line, { title, done, total, left, columns }) => {
      expect(line.length).toBeLessThan(columns); // the last column stays free: terminals wrap there
      expect(line).toContain(` ${done}/${total}, ${left} left`);
      expect(line.slice(0, 1)).toBe(title.slice(0, 1));
      expect(line).toMatch(/[█░]{4}/);
    });
  });

  it('shows whole pieces of the note, more of them in more room, and all where there is enough', () => {
    every((line, { note, columns }) => {
      const shown = line.replace(/.* left(?:, )?/, '');
      const pieces = note.split(', ');
      expect(pieces.map((_, count) => pieces.slice(0, count).join(', ')).concat(note)).toContain(shown);
      if (columns === 200) expect(shown).toBe(note);
    });
  });

  it('fills the bar in proportion', () => {
    const barOf = (done: number) => barLine({ title: 'x', done, total: 8, left: '1 s', note: '', columns: 200 });
    for (const done of [0, 1, 4, 8]) {
      const line = barOf(done);
      expect([line.match(/█/g)?.length ?? 0, line.match(/░/g)?.length ?? 0]).toEqual([3 * done, 24 - 3 * done]);
    }
    expect(barOf(9)).toContain('█'.repeat(24)); // more than the total, as of a total that was a guess
  });
});
