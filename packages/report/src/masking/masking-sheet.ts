// Masking strategies side by side: heat map, example masks over an image, and how many patches they hide.

import { assertInteger, type PatchGrid, SemmaeError } from '@semmae/core';

import { drawnOver } from '../pictures/drawn-over';
import { pastePicture } from '../pictures/paste-picture';
import { assertPicture, filledPicture, type Picture } from '../pictures/picture';
import { assertCounts } from './count-histogram';
import { assertFrequency } from './frequency-cells';
import { frequencyKeys, frequencyScale } from './frequency-scale';
import { cardSize, drawCard, type MaskingSummary } from './masking-card';
import { softInk, svgLayer, svgText } from './svg-text';

export interface MaskingSheetOptions {
  /** What the example masks cover; its sides must be multiples of the grid's, best at `sheetCellSize` pixels a patch. */
  image: Picture;
  grid: PatchGrid;
  strategies: readonly MaskingSummary[];
  title?: string;
  subtitle?: string;
  /** Pictures at the upper right: the image itself, the attention or parts that guided strategies saw. */
  keyPictures?: readonly { label: string; picture: Picture }[];
  /** Strategies beside each other. Default 2. */
  columns?: number;
}

const margin = 28;
const gutter = 44;
const gap = 8;
const leastHeadHeight = 116;
const wordsWidth = 700; // of the head, with a gap
const groupHeight = 42;
const longestSide = 112;
const lineColor = '#dedbd5';

/** Pixels of a patch on a sheet: 8 at 14 x 14. An image of `rows * sheetCellSize` x `columns * sheetCellSize` is drawn as it is. */
export function sheetCellSize({ rows, columns }: PatchGrid): number {
  return Math.max(2, Math.floor(longestSide / Math.max(rows, columns)));
}

/**
 * One picture of all strategies, in the order given; a new `group` begins a new row under its heading. Heat maps share the
 * scale 0..100 %; a patch that no mask hid is pale with a cross, so that rows and columns which a sampler never reaches stand out.
 */
export async function maskingSheet(options: MaskingSheetOptions): Promise<Picture> {
  const { image, grid, strategies, keyPictures = [], columns = 2 } = options;
  const style = { image, grid, cell: sheetCellSize(grid), exampleCount: assertSheet(options) };
  const card = cardSize(style);
  const { places, headings, height, used } = layOut(strategies, columns, card.height);
  const width = 2 * margin + used * card.width + (used - 1) * gutter;
  const keys = placeKeys(keyPictures, width);
  const headHeight = Math.max(leastHeadHeight, keys.bottom + 20);
  const sheet = filledPicture(margin + headHeight + height, width, [255, 255, 255]);
  const shapes = [...head(options), ...drawKeys(sheet, keyPictures, keys)];
  for (const { group, top } of headings) shapes.push(...heading(group, margin + headHeight + top, sheet.width));
  strategies.forEach((strategy, index) => {
    const { top, column } = places[index]!;
    const place = { top: margin + headHeight + top, left: margin + column * (card.width + gutter) };
    shapes.push(...drawCard(sheet, strategy, style, place));
  });
  return drawnOver(sheet, svgLayer(sheet, shapes));
}

interface Layout {
  places: { top: number; column: number }[];
  headings: { group: string; top: number }[];
  height: number;
  /** Columns that hold a card. */
  used: number;
}

/** Row by row; a change of group ends the row. */
function layOut(strategies: readonly MaskingSummary[], columns: number, cardHeight: number): Layout {
  const places: Layout['places'] = [];
  const headings: Layout['headings'] = [];
  let [top, column, used] = [0, 0, 1];
  strategies.forEach(({ group }, index) => {
    const isNewGroup = group !== strategies[index - 1]?.group;
    if (index > 0 && (isNewGroup || column === columns)) {
      top += cardHeight;
      column = 0;
    }
    if (isNewGroup && group !== undefined) {
      headings.push({ group, top });
      top += groupHeight;
    }
    places.push({ top, column: column++ });
    used = Math.max(used, column);
  });
  return { places, headings, height: top + cardHeight, used };
}

function head({ title = 'Masking strategies', subtitle = '' }: MaskingSheetOptions): string[] {
  const middle = margin + 330;
  return [
    svgText(title, { x: margin, y: margin + 18, size: 22, bold: true }),
    svgText(subtitle, { x: margin, y: margin + 40, size: 13, fill: softInk }),
    frequencyScale({ top: margin + 60, left: margin, width: 280 }),
    frequencyKeys({ top: margin + 59, left: middle }),
    svgText('examples: gray is hidden; bars: patches hidden at once', { x: middle, y: margin + 89, fill: softInk }),
  ];
}

type KeyPictures = NonNullable<MaskingSheetOptions['keyPictures']>;

/** Right of the words, or below them where the sheet is narrow; `bottom` is measured from the margin. */
function placeKeys(pictures: KeyPictures, sheetWidth: number): { top: number; left: number; bottom: number } {
  if (pictures.length === 0) return { top: 0, left: 0, bottom: 0 };
  const width = pictures.reduce((sum, { picture }) => sum + picture.width + gap, -gap);
  const room = sheetWidth - 2 * margin;
  if (width > room) {
    const requirement = `key pictures must fit a sheet of ${sheetWidth} pixels side by side`;
    throw new SemmaeError({ where: 'maskingSheet', requirement, got: `${width} pixels`, remedy: 'make them smaller' });
  }
  const height = Math.max(...pictures.map(({ picture }) => picture.height)) + 24;
  if (width + wordsWidth <= room) return { top: margin, left: sheetWidth - margin - width, bottom: height };
  return { top: margin + leastHeadHeight, left: margin, bottom: leastHeadHeight + height };
}

function drawKeys(sheet: Picture, pictures: KeyPictures, { top, left }: { top: number; left: number }): string[] {
  let x = left;
  return pictures.map(({ label, picture }) => {
    pastePicture(picture, sheet, top, x);
    const text = { x, y: top + picture.height + 15, fill: softInk, maximumWidth: picture.width };
    x += picture.width + gap;
    return svgText(label, text);
  });
}

function heading(group: string, top: number, width: number): string[] {
  const line = `<path d="M${margin} ${top + 0.5}H${width - margin}" stroke="${lineColor}" stroke-width="1"/>`;
  return [line, svgText(group, { x: margin, y: top + 23, size: 13, fill: softInk })];
}

/** Passes sheets whose rows agree; returns how many example masks each has. */
function assertSheet({ grid, strategies, columns = 2, keyPictures = [] }: MaskingSheetOptions): number {
  const where = 'maskingSheet';
  assertInteger(where, 'columns', columns);
  for (const { label, picture } of keyPictures) assertPicture(where, `key picture "${label}"`, picture);
  const [first] = strategies;
  if (first === undefined) {
    throw new SemmaeError({ where, requirement: 'strategies must not be empty', got: 'none' });
  }
  for (const { title, frequency, counts, masks } of strategies) {
    assertFrequency(`${where}, "${title}"`, frequency, grid);
    assertCounts(`${where}, "${title}"`, counts, grid);
    if (masks.length === first.masks.length) continue;
    throw new SemmaeError({
      where: `${where}, "${title}"`,
      requirement: `there must be as many example masks as "${first.title}" has (${first.masks.length})`,
      got: masks.length,
    });
  }
  return first.masks.length;
}
