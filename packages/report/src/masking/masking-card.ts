// One strategy on a sheet: words, heat map, example masks, bars of counts.

import type { PatchGrid } from '@semmae/core';

import { maskPicture } from '../pictures/mask-picture';
import { pastePicture } from '../pictures/paste-picture';
import type { Picture } from '../pictures/picture';
import { countHistogram, describeCounts } from './count-histogram';
import { frequencyMarks, frequencyPicture } from './frequency-cells';
import { describeFrequency } from './frequency-range';
import { softInk, svgText } from './svg-text';

/** What is drawn of one strategy. `maskStatistics` of @semmae/masking gives `frequency` and `counts`. */
export interface MaskingSummary {
  title: string;
  /** One line under the title: options, source. */
  detail?: string;
  /** Heading under which it stands, with its neighbors of the same group. */
  group?: string;
  /** [N] share of masks that hide each patch, in [0, 1]. */
  frequency: ArrayLike<number>;
  /** [N + 1] masks with exactly k hidden patches. */
  counts: ArrayLike<number>;
  /** Example masks: the hidden patches of each. All strategies of a sheet show equally many. */
  masks: readonly ArrayLike<number>[];
}

/** What all cards of a sheet have in common. */
export interface CardStyle {
  image: Picture;
  grid: PatchGrid;
  /** Pixels of a patch in the heat map. */
  cell: number;
  exampleCount: number;
}

const gap = 8;
const titleHeight = 44;
const numbersHeight = 46;
const histogramWidth = 112;

/** Pixels of a card, with the space below it. */
export function cardSize({ image, grid, cell, exampleCount }: CardStyle): { height: number; width: number } {
  return {
    height: titleHeight + Math.max(grid.rows * cell, image.height) + numbersHeight,
    width: grid.columns * cell + exampleCount * (image.width + gap) + gap + histogramWidth,
  };
}

/** Pastes the pictures of a card into `sheet` and returns its shapes as SVG. */
export function drawCard(
  sheet: Picture,
  { title, detail = '', frequency, counts, masks }: MaskingSummary,
  style: CardStyle,
  { top, left }: { top: number; left: number },
): string[] {
  const { image, grid, cell } = style;
  const { width } = cardSize(style);
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
