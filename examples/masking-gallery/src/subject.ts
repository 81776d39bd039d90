// What the masks are drawn over, and what guided strategies know of it.

import { majorityLabels, type PatchGrid, SemmaeError } from '@semmae/core';
import { partDataset } from '@semmae/data';
import { createRng, type MaskingContext } from '@semmae/masking';
import { partsFromPixels } from '@semmae/masking/labels';
import type { Picture } from '@semmae/report';
import sharp from 'sharp';

import { localContrast } from './local-contrast';

/** Pixels of a patch, as ViT-B/16. */
const patchSize = 16;
const partCount = 6; // as SemMAE learns
const builtInImage = 11; // by eye: its parts are large and lie apart

export interface Subject {
  /** [rows * 16, columns * 16] pixels. */
  image: Picture;
  /** Progress 0, attention and parts of the image. */
  context: MaskingContext;
}

/** The photograph, cropped to the grid's shape, or a drawing of the built-in data set with its own part map. */
export async function openSubject(grid: PatchGrid, file?: string): Promise<Subject> {
  const size = { height: grid.rows * patchSize, width: grid.columns * patchSize };
  if (file === undefined) {
    const image = await partDataset({ seed: 0, count: builtInImage + 1, ...size }).get(builtInImage);
    const parts = majorityLabels(image.parts!, size, grid);
    return { image, context: { grid, progress: 0, attention: localContrast(image, grid), parts } };
  }
  const image = { ...size, pixels: await readPixels(file, size) };
  const attention = localContrast(image, grid);
  return { image, context: { grid, progress: 0, attention, parts: superpixels(image, grid) } };
}

/** [H, W, 3] the middle of the photograph, turned as its camera was held. */
async function readPixels(file: string, size: { height: number; width: number }): Promise<Uint8Array> {
  try {
    const cropped = sharp(file)
      .rotate()
      .resize({ ...size, fit: 'cover' });
    return new Uint8Array(await cropped.toColorspace('srgb').removeAlpha().raw().toBuffer());
  } catch (error) {
    const got = `${file}: ${error instanceof Error ? error.message : error}`;
    throw new SemmaeError({ where: 'gallery', requirement: '--image must be a picture that can be read', got });
  }
}

/** A photograph brings no part map; regions of like color stand in for parts. */
function superpixels({ pixels, ...size }: Picture, grid: PatchGrid): Uint8Array {
  return partsFromPixels(pixels, size, grid, { partCount: Math.min(partCount, grid.patchCount), rng: createRng(0) });
}

/** The image at another number of pixels a patch. */
export async function resized({ height, width, pixels }: Picture, grid: PatchGrid, cell: number): Promise<Picture> {
  const size = { height: grid.rows * cell, width: grid.columns * cell };
  const smaller = await sharp(pixels, { raw: { height, width, channels: 3 } })
    .resize({ ...size, fit: 'fill' })
    .raw()
    .toBuffer();
  return { ...size, pixels: new Uint8Array(smaller) };
}
