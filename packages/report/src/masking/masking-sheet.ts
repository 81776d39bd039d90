// Masking strategies side by side: heat map, example masks over an image, and how many patches they hide.

import { assertInteger, type PatchGrid, SemmaeError } from '@semmae/core';

import { drawnOver } from '../pictures/drawn-over';
import { maskPicture } from '../pictures/mask-picture';
import { pastePicture } from '../pictures/paste-picture';
import { filledPicture, type Picture } from '../pictures/picture';
import { assertCounts, countHistogram, describeCounts } from './count-histogram';
import { assertFrequency, frequencyMarks, frequencyPicture } from './frequency-cells';
import { describeFrequency } from './frequency-range';
import { frequencyKeys, frequencyScale } from './frequency-scale';
import { softInk, svgLayer, svgText } from './svg-text';

/** What is drawn of one strategy. `maskStatistics` of @semmae/masking gives `frequency` and `counts`. */
export interface MaskingSummary {
  title: string;
  /** One line under the title: options, source. */
  detail?: string;
  /** [N] share of masks that hide each patch, in [0, 1]. */
  frequency: ArrayLike<number>;
  /** [N + 1] masks with exactly k hidden patches. */
  counts: ArrayLike<number>;
  /** Example masks: the hidden patches of each. All strategies show equally many. */
  masks: readonly ArrayLike<number>[];
}

export interface MaskingSheetOptions {
  /** What the example masks cover; its sides must be multiples of the grid's, best at `sheetCellSize` pixels a patch. */
  image: Picture;
  grid: PatchGrid;
  strategies: readonly MaskingSummary[];
  title?: string;
  subtitle?: string;
  /** Strategies beside each other. Default 2. */
  columns?: number;
}

const margin = 28;
const gutter = 44;
const gap = 8;
const titleHeight = 44;
const numbersHeight = 20;
const cardGap = 26;
const headHeight = 112;
const longestSide = 112;

/** Pixels of a patch on a sheet: 8 at 14 x 14. An image of `rows * sheetCellSize` x `columns * sheetCellSize` is drawn as it is. */
export function sheetCellSize({ rows, columns }: PatchGrid): number {
  return Math.max(2, Math.floor(longestSide / Math.max(rows, columns)));
}

/**
 * One picture of all strategies. Heat maps share the scale 0..100 %; a patch that no mask hid is pale with a cross, so that
 * rows and columns which a sampler never reaches stand out.
 */
export async function maskingSheet(options: MaskingSheetOptions): Promise<Picture> {
  const { image, grid, strategies, title = 'Masking strategies', subtitle = '', columns = 2 } = options;
  const exampleCount = assertSheet(options);
  const cell = sheetCellSize(grid);
  const tile = { height: grid.rows * cell, width: grid.columns * cell };
  assertInteger('maskingSheet', 'columns', columns);
  const used = Math.min(columns, strategies.length);
  const card = {
    height: titleHeight + Math.max(tile.height, image.height) + numbersHeight + cardGap,
    width: tile.width + exampleCount * (image.width + gap) + gap + histogramWidth,
  };
  const sheet = filledPicture(
    margin + headHeight + Math.ceil(strategies.length / used) * card.height,
    2 * margin + used * card.width + (used - 1) * gutter,
    [255, 255, 255],
  );
  const shapes = head(title, subtitle, sheet.width);
  for (const [index, strategy] of strategies.entries()) {
    const left = margin + (index % used) * (card.width + gutter);
    const top = margin + headHeight + Math.floor(index / used) * card.height;
    shapes.push(...drawCard(sheet, strategy, { image, grid, cell, top, left, width: card.width }));
  }
  return drawnOver(sheet, svgLayer(sheet, shapes));
}

const histogramWidth = 112;

function head(title: string, subtitle: string, width: number): string[] {
  const middle = margin + 330;
  return [
    svgText(title, { x: margin, y: margin + 18, size: 22, bold: true }),
    svgText(subtitle, { x: margin, y: margin + 40, size: 13, fill: softInk, maximumWidth: width - 2 * margin }),
    frequencyScale({ top: margin + 58, left: margin, width: 280 }),
    frequencyKeys({ top: margin + 57, left: middle }),
    svgText('examples: grey is hidden; bars: patches hidden at once', { x: middle, y: margin + 87, fill: softInk }),
  ];
}

interface Place {
  image: Picture;
  grid: PatchGrid;
  cell: number;
  top: number;
  left: number;
  width: number;
}

function drawCard(sheet: Picture, strategy: MaskingSummary, { image, grid, cell, top, left, width }: Place): string[] {
  const { title, detail = '', frequency, counts, masks } = strategy;
  const pictures = top + titleHeight;
  const heat = frequencyPicture(frequency, grid, cell);
  pastePicture(heat, sheet, pictures, left);
  masks.forEach((masked, index) => {
    const x = left + heat.width + gap + index * (image.width + gap);
    pastePicture(maskPicture({ image, grid, masked }), sheet, pictures, x);
  });
  const height = Math.max(heat.height, image.height);
  const numbers = { y: pictures + height + 15, fill: softInk };
  return [
    svgText(title, { x: left, y: top + 15, size: 15, bold: true, maximumWidth: width }),
    svgText(detail, { x: left, y: top + 34, size: 12, fill: softInk, maximumWidth: width }),
    frequencyMarks(frequency, grid, cell, { top: pictures, left }),
    countHistogram(counts, { top: pictures, left: left + width - histogramWidth, height, width: histogramWidth }),
    svgText(describeFrequency(frequency), { ...numbers, x: left }),
    svgText(describeCounts(counts), { ...numbers, x: left + width, anchor: 'end' }),
  ];
}

/** Passes sheets whose rows agree; returns how many example masks each has. */
function assertSheet({ grid, strategies }: MaskingSheetOptions): number {
  const where = 'maskingSheet';
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
