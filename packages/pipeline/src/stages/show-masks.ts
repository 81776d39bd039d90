// A panel of what masking strategies hide, as one PNG.

import { resolve } from 'node:path';

import { createRng, type ImageSize, patchGridOfImage } from '@semmae/core';
import { writePng } from '@semmae/report';

import { maskColumns } from '../panels/mask-columns';
import { openPanelImages, type PanelImagesOptions } from '../panels/open-panel-images';
import { panelOf, panelSheet } from '../panels/panel';
import { maskingByName } from '../recipes/masking-by-name';

export interface ShowMasksOptions extends PanelImagesOptions {
  /** As `maskingByName` reads them; a column each. */
  masking: readonly string[];
  /** The PNG to write. */
  out: string;
  /** Where a name has no ratio. Default: that of the strategy. */
  maskRatio?: number;
  /** Share of patches that are used at all, those with the highest scores. Default 1. */
  keptShare?: number;
  /** Shares of the training that are done; strategies that follow no schedule get one column. Default 0, 0.5 and 1. */
  progress?: readonly number[];
  /** Default: that of `parts`, or 224 x 224. */
  imageSize?: ImageSize;
  /** Default 16. */
  patchSize?: number;
  /** Default 0. */
  seed?: number;
}

/** Rows are images, columns strategies and moments of the schedule. Hidden patches are gray, dropped ones dark blue. Gives the absolute path. */
export async function showMasks(options: ShowMasksOptions): Promise<string> {
  const { out, maskRatio, keptShare = 1, progress = [0, 0.5, 1], patchSize = 16, seed = 0 } = options;
  const strategies = options.masking.map((name) => ({ name, masking: maskingByName(name, { maskRatio }), keptShare }));
  const images = await openPanelImages(options, strategies, { imageSize: options.imageSize });
  const grid = patchGridOfImage({ ...images[0]!.picture, patchSize });
  const rng = createRng(seed).split('masks');
  const columns = strategies.flatMap((strategy) =>
    maskColumns(images, { ...strategy, grid, moments: progress, rng: rng.split(strategy.name) }),
  );
  const path = resolve(out);
  await writePng(path, await panelSheet(panelOf(images, columns), 192));
  return path;
}
