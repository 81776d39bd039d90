// The gallery as files: one sheet, a page with numbers, a table, and a large heat map of each strategy.

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { SemmaeError } from '@semmae/core';
import type { MaskingContext } from '@semmae/masking';
import {
  attentionPicture,
  maskHeatMap,
  maskingSheet,
  type Picture,
  partPicture,
  sheetCellSize,
  writePng,
} from '@semmae/report';

import type { GalleryOptions } from './options';
import { writePage } from './page';
import { openSubject, resized } from './subject';
import { type GalleryRow, summarize } from './summarize';
import { markdownTable } from './table';

export interface Gallery {
  rows: readonly GalleryRow[];
  /** Strategies that cannot mask this grid, and what they say. */
  leftOut: readonly { name: string; reason: string }[];
}

/** Draws everything and writes it to `options.out`; `onRow` is told of each strategy as it is done. */
export async function drawGallery(options: GalleryOptions, onRow: (name: string) => void = () => {}): Promise<Gallery> {
  const { grid, draws, out, strategies } = options;
  const { image, context } = await openSubject(grid, options.image);
  const rows: GalleryRow[] = [];
  const leftOut: { name: string; reason: string }[] = [];
  for (const strategy of strategies) {
    try {
      rows.push(summarize(strategy, context, options));
    } catch (error) {
      // Not every strategy has masks on every grid: units must divide it, blocks must fit.
      if (!SemmaeError.isInstance(error)) throw error;
      leftOut.push({ name: strategy.name, reason: error.message });
    }
    onRow(strategy.name);
  }
  if (rows.length === 0) {
    const got = leftOut.map(({ reason }) => reason).join('; ');
    throw new SemmaeError({ where: 'gallery', requirement: 'a strategy must be able to mask the grid', got });
  }

  await mkdir(out, { recursive: true });
  const small = await resized(image, grid, sheetCellSize(grid));
  const sheet = await maskingSheet({
    image: small,
    grid,
    keyPictures: keyPictures(small, context),
    strategies: rows,
    title: 'How often each patch is hidden',
    subtitle: `${grid.rows} × ${grid.columns} patches, ${draws.toLocaleString('en')} masks of this image by each strategy`,
  });
  await writePng(join(out, 'masking-gallery.png'), sheet, { colors: 256 });
  for (const { name, title, frequency } of rows) {
    await writePng(join(out, 'maps', `${name}.png`), await maskHeatMap({ grid, frequency, title }), { colors: 256 });
  }
  await writeFile(join(out, 'table.md'), `${markdownTable(rows)}\n`);
  await writePage(join(out, 'index.html'), { options, image, rows, leftOut });
  return { rows, leftOut };
}

/** The image and what guided strategies know of it. */
function keyPictures(
  image: Picture,
  { grid, attention, parts }: MaskingContext,
): { label: string; picture: Picture }[] {
  const size = { height: image.height, width: image.width };
  return [
    { label: 'image', picture: image },
    {
      label: 'attention',
      picture: attentionPicture({ ...size, grid, attention: attention!, interpolation: 'nearest' }),
    },
    { label: 'parts', picture: partPicture({ ...size, grid, labels: parts! }) },
  ];
}
