// What people say of how images are read, from the settings of a command to the images.

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { pixelPicture, writePng } from '@semmae/report';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { tinyData } from '../__fixtures__/tiny';
import { embedSettings, probeSettings } from '../settings/model-settings';
import { parseSettings, settingsJsonSchema } from '../settings/parse-settings';
import {
  evaluatePartsSettings,
  extractPartsSettings,
  learnPartsSettings,
  showPartsSettings,
} from '../settings/parts-settings';
import { pretrainSettings } from '../settings/pretrain-settings';
import { readingSettings } from '../settings/shared-settings';
import { showMasksSettings, showReconstructionsSettings } from '../settings/show-settings';
import { openData } from './open-data';

const form = { imageSize: { height: 16, width: 24 } };

let scratch: string;
beforeAll(async () => {
  scratch = mkdtempSync(join(tmpdir(), 'semmae-reading-'));
  mkdirSync(at('damaged'));
  for (let index = 0; index < 7; index++) {
    const path = at(`damaged/${index}.png`);
    await writePng(path, pixelPicture(await tinyData(7).get(index)));
    if (index === 2 || index === 5) writeFileSync(path, readFileSync(path).subarray(0, 99));
  }
});
afterAll(() => rmSync(scratch, { recursive: true }));

const at = (name: string) => join(scratch, name);

/** As a command does it: settings are checked, then the images are read. */
async function read(name: string, options: Record<string, unknown>) {
  const settings = parseSettings(embedSettings, { model: 'm', data: at(name), out: 'o.npy', ...options });
  const { all } = await openData(settings, form);
  const images = await Promise.allSettled(Array.from({ length: all.length }, (_, index) => all.get(index)));
  return { all, images };
}

describe('settings of how images are read', () => {
  it.each([
    ...[embedSettings, probeSettings, pretrainSettings, learnPartsSettings, extractPartsSettings],
    ...[evaluatePartsSettings, showPartsSettings, showMasksSettings, showReconstructionsSettings],
  ])('are settings of every command that reads images', (schema) => {
    const { properties } = settingsJsonSchema(schema) as { properties: object };
    expect(Object.keys(properties)).toEqual(expect.arrayContaining(Object.keys(readingSettings)));
  });

  it('unreadable and maxUnreadable: images are left out up to a share, or none is', async () => {
    const tolerant = await read('damaged', { maxUnreadable: 2 / 7 });
    expect(tolerant.images.map(({ status }) => status === 'fulfilled')).toEqual([1, 1, 0, 1, 1, 0, 1].map(Boolean));
    expect(tolerant.all.leftOut.total).toBe(2);
    const reasons = ({ images }: typeof tolerant) =>
      images.flatMap((one) => (one.status === 'rejected' ? [String(one.reason)] : []));
    expect(reasons(await read('damaged', {})).join()).toMatch(
      /at most 1 of 7 images may be unreadable, got 2, the last /,
    );
    expect(reasons(await read('damaged', { unreadable: 'fail' })).join()).toMatch(
      /every image must be readable, got [25]: /,
    );
    await expect(read('damaged', { maxUnreadable: 1.1 })).rejects.toThrow(
      /`maxUnreadable`: must be a number of at least 0 and at most 1/,
    );
  });
});
