import { describe, expect, it } from 'vitest';

import { pixelAt, testPicture } from '../__fixtures__/test-picture';
import { contactSheet } from './contact-sheet';
import { filledPicture } from './picture';

const first = testPicture(5, 7);
const red = filledPicture(3, 11, [200, 10, 10]);

describe('contactSheet', () => {
  it('places every picture, enlarged, with gaps of the background between', async () => {
    const sheet = await contactSheet({
      rows: [
        [first, red],
        [null, first],
      ],
      scale: 2,
      gap: 3,
      background: [9, 8, 7],
    });
    expect([sheet.height, sheet.width]).toEqual([3 + 10 + 3 + 10 + 3, 3 + 14 + 3 + 22 + 3]);
    expect(pixelAt(sheet, 3 + 9, 3 + 13)).toEqual(pixelAt(first, 4, 6));
    expect(pixelAt(sheet, 3, 3 + 14 + 3)).toEqual([200, 10, 10]);
    expect(pixelAt(sheet, 16 + 5, 20 + 4)).toEqual(pixelAt(first, 2, 2));
    for (const [y, x] of [
      [0, 0],
      [2, 20],
      [14, 5],
      [20, 5],
      [11, 21],
    ] as const)
      expect(pixelAt(sheet, y, x)).toEqual([9, 8, 7]);
  });

  it('leaves pictures untouched by captions', async () => {
    const sheet = await contactSheet({
      rows: [[first, first]],
      rowCaptions: ['a <row> & more'],
      columnCaptions: ['one', 'two'],
      scale: 8,
    });
    const left = sheet.width - 2 * (56 + 8); // captions stand left of the pictures and above them
    const top = sheet.height - 40 - 8;
    expect(left).toBeGreaterThan(8);
    expect(top).toBeGreaterThan(8);
    for (let y = 0; y < 40; y++)
      expect(pixelAt(sheet, top + y, left + y)).toEqual(pixelAt(first, Math.floor(y / 8), Math.floor(y / 8)));
  });

  it('says which row is too short', async () => {
    await expect(contactSheet({ rows: [[first, red], [first]] })).rejects.toThrow(
      /row 1 must hold 2 values, got 1; .*null/,
    );
    await expect(contactSheet({ rows: [] })).rejects.toThrow(/at least one picture, got none/);
    await expect(contactSheet({ rows: [[first]], rowCaptions: [] })).rejects.toThrow(
      /rowCaptions must hold 1 values, got 0/,
    );
  });
});
