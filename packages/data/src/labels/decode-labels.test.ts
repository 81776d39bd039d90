import { readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import { Undecodable } from '../pixels/undecodable';
import table from './__fixtures__/labels.json';
import { decodeLabels } from './decode-labels';
import { assertLabelRules, type LabelRules } from './label-rules';

interface Row {
  what: string;
  rules?: LabelRules;
  /** Of what Pillow, NumPy and tifffile read; undefined where it is to be refused. */
  shape?: readonly number[];
  ids?: readonly number[];
  refused?: string;
  reason?: string;
}

const rows = Object.entries(table as unknown as Record<string, Row>);
const read = (name: string) => new Uint8Array(readFileSync(new URL(`__fixtures__/labels/${name}`, import.meta.url)));

describe('decodeLabels', () => {
  it.each(rows.filter(([, row]) => row.ids))('%s has the numbers that Pillow and NumPy read', async (name, row) => {
    const { height, width, ids } = await decodeLabels(read(name), row.rules);
    expect([height, width]).toEqual(row.shape);
    expect([...ids]).toEqual(row.ids);
    expect(ids.BYTES_PER_ELEMENT).toBe(Math.max(...row.ids!) > 255 ? 2 : 1);
  });

  it.each(rows.filter(([, row]) => row.refused))('%s is refused by name', async (name, row) => {
    const attempt = decodeLabels(read(name), row.rules);
    await expect(attempt).rejects.toBeInstanceOf(Undecodable);
    await expect(attempt).rejects.toMatchObject({ kind: row.refused });
    if (row.reason !== undefined) await expect(attempt).rejects.toThrow(row.reason);
  });

  it('refuses what is larger than it may be, before it is decoded', async () => {
    await expect(decodeLabels(read('gray-8.png'), {}, 34)).rejects.toThrow(
      '7 x 5 pixels, more than `pixelLimit` allows, 34',
    );
    await expect(decodeLabels(read('uint8.tif'), {}, 34)).rejects.toMatchObject({ kind: 'too large' });
    await expect(decodeLabels(read('uint8.npy'), {}, 34)).rejects.toMatchObject({ kind: 'too large' });
  });

  it('refuses tables that are none', () => {
    const check = (rules: LabelRules) => () => assertLabelRules('here', rules);
    expect(check({ colorTable: { '#00FF00': 1, '0,255,0': 2 } })).toThrow(/name each color once.*got 0,255,0/);
    expect(check({ colorTable: [[1, 2, 256]] })).toThrow(/got 1,2,256/);
    expect(check({ colorTable: { '1,2,3': 70000 } })).toThrow(/id of 1,2,3, must be between 0 and 65535/);
    expect(check({ ignoreLabel: 1.5 })).toThrow('here: ignoreLabel must be an integer, got 1.5');
  });
});
