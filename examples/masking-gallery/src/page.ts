// The gallery as one HTML file: pictures by family, then every number.

import {
  countTile,
  describeCounts,
  frequencyRange,
  frequencyTile,
  type GallerySection,
  maskPicture,
  type Picture,
  type Section,
  writeReport,
} from '@semmae/report';

import type { GalleryOptions } from './options';
import type { GalleryRow } from './summarize';
import { percent } from './table';

const tileSize = 160; // CSS pixels

export interface PageInput {
  options: GalleryOptions;
  image: Picture;
  rows: readonly GalleryRow[];
  leftOut: readonly { name: string; reason: string }[];
}

export async function writePage(path: string, { options, image, rows, leftOut }: PageInput): Promise<void> {
  const { grid, draws } = options;
  const sections: Section[] = [];
  for (const family of new Set(rows.map((row) => row.group))) {
    sections.push(
      await familySection(
        family,
        rows.filter((row) => row.group === family),
        { options, image },
      ),
    );
  }
  sections.push(numbersSection(rows));
  if (leftOut.length > 0) {
    const items = leftOut.map(({ name, reason }) => `${name}: ${reason}`);
    sections.push({ kind: 'text', title: 'Not on this grid', items });
  }
  await writeReport(path, {
    title: 'How often each patch is hidden',
    subtitle: `${rows.length} masking strategies on ${grid.rows} × ${grid.columns} patches, ${draws.toLocaleString('en')} masks of each. Pale cells with a cross were hidden by none of them.`,
    sections,
  });
}

async function familySection(
  title: string,
  rows: readonly GalleryRow[],
  { options: { grid }, image }: Pick<PageInput, 'options' | 'image'>,
): Promise<GallerySection> {
  const cellSize = image.width / grid.columns;
  const drawn = rows.map(async ({ title, frequency, counts, masks }) => ({
    caption: title,
    pictures: [
      await frequencyTile({ grid, frequency, cellSize }),
      ...masks.map((masked) => maskPicture({ image, grid, masked })),
      await countTile({ grid, counts, height: tileSize, width: tileSize }),
    ],
  }));
  const examples = rows[0]!.masks.map((_, index) => `mask ${index + 1}`);
  return {
    kind: 'gallery',
    title,
    columns: ['hidden in % of masks', ...examples, 'patches hidden at once'],
    rows: await Promise.all(drawn),
    heatScale: { colorMap: 'viridis', low: '0 %', high: '100 %' },
    pictureWidth: tileSize,
  };
}

function numbersSection(rows: readonly GalleryRow[]): Section {
  return {
    kind: 'table',
    title: 'Numbers',
    note: 'The share of masks that hide a patch: of the patch hidden least, of all patches, of the patch hidden most.',
    columns: [
      { label: 'strategy' },
      { label: 'call' },
      { label: 'least', detail: '%', align: 'right' },
      { label: 'mean', detail: '%', align: 'right' },
      { label: 'most', detail: '%', align: 'right' },
      { label: 'patches hidden at once' },
    ],
    rows: rows.map(({ title, detail, frequency, counts }) => {
      const { least, mean, most } = frequencyRange(frequency);
      return { cells: [title, detail, percent(least), percent(mean), percent(most), describeCounts(counts)] };
    }),
  };
}
