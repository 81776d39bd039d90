// What a strategy hides at moments of its schedule, as columns of a panel.

import type { Rng } from '@semmae/core';

import type { MaskingContextsOptions } from '../batches/masking-contexts';
import { type DrawnMask, drawMasks, maskPictures } from './draw-masks';
import type { PanelColumn, PanelImage } from './panel';

export interface MaskColumnsOptions extends Omit<MaskingContextsOptions, 'progress'> {
  /** For the titles. */
  name: string;
  /** Shares of the training that are done. */
  moments: readonly number[];
  rng: Rng;
}

/** A column for each moment, or a single one where the strategy follows no schedule. Titles say how much is hidden. */
export function maskColumns(
  images: readonly PanelImage[],
  { name, moments, ...options }: MaskColumnsOptions,
): PanelColumn[] {
  const drawn = moments.map((progress) => ({ progress, masks: drawMasks(images, { ...options, progress }) }));
  const isScheduled = drawn.some(({ masks }) =>
    masks.some(({ masked }, image) => !equal(masked, drawn[0]!.masks[image]!.masked)),
  );
  return (isScheduled ? drawn : drawn.slice(0, 1)).map(({ progress, masks }) => ({
    title: [name, ...(isScheduled ? [`at ${percent(progress)} of the training`] : []), hiddenText(masks)].join(', '),
    pictures: maskPictures(images, masks, options),
  }));
}

/** "75 % masked", on average. */
export function hiddenText(masks: readonly DrawnMask[]): string {
  const shareOf = (key: 'masked' | 'dropped') =>
    masks.reduce((sum, mask) => sum + mask[key].length / mask.patchCount, 0) / masks.length;
  const dropped = shareOf('dropped');
  return `${percent(shareOf('masked'))} masked${dropped > 0 ? `, ${percent(dropped)} dropped` : ''}`;
}

function percent(share: number): string {
  return `${Math.round(100 * share)}\u00a0%`; // no line ends between them
}

function equal(first: Int32Array, second: Int32Array): boolean {
  return first.length === second.length && first.every((patch, place) => patch === second[place]);
}
