import type { DataDescription } from '@semmae/pipeline';
import { describe, expect, it } from 'vitest';

import { dataTable } from './data-table';

const jpeg = { format: 'JPEG', bands: 3, colors: 'RGB', alpha: false, depth: '8 bits', profile: false } as const;
const description: DataDescription = {
  data: 'photos',
  kind: 'a folder of images',
  images: 1398,
  classes: [
    { name: 'cat', images: 700 },
    { name: 'dog', images: 695 },
  ],
  unlabeled: 3,
  labelsOf: 'all',
  examined: { images: 1000, decoded: false },
  sizes: {
    height: { least: 120, median: 375, most: 3024 },
    width: { least: 500, median: 500, most: 500 },
    different: 17,
  },
  files: [
    { ...jpeg, images: 990 },
    {
      ...jpeg,
      format: 'TIFF',
      bands: 4,
      colors: undefined,
      depth: '16 bits',
      profile: true,
      images: 1,
      values: { least: 7, most: 2999, notFinite: 2 },
    },
  ],
  turned: { 6: 4 },
  masks: {
    ...{ images: 997, unreadable: 1, without: 2, labeledShare: 0.4567 },
    ids: [
      { id: 0, images: 997, share: 0.5433 },
      { id: 255, name: 'void', images: 3, share: 0.1 },
    ],
    sizesThatDisagree: { count: 1, examples: ['dog/7: mask 2x2, image 3x5'] },
  },
  leftOut: [{ kind: 'hidden folder', count: 5, examples: [1, 2, 3, 4, 5].map((n) => ({ path: `.${n}` })) }],
  unreadable: [
    {
      kind: 'no value range',
      count: 4,
      examples: [{ path: 'a', reason: 'set `valueRange`' }, { path: 'b', reason: 'set `valueRange`' }, { path: 'c' }],
    },
  ],
};

describe('dataTable', () => {
  it('says everything in lines of the width of the terminal', () => {
    const table = dataTable(description, 80);
    expect(Math.max(...table.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(`\n${table}\n`).toBe(`
data        photos
is          a folder of images: 1,398 images
classes     2 of 695 to 700 images each
            cat 700, dog 695
unlabeled   3 images
left out    hidden folder (5): .1, .2, .3 and 2 more
examined    1,000 of 1,398 images, evenly spaced, headers and label files, not
            decoded; what follows is about them (--sample all)
height      120 to 3024 pixels, median 375
width       500 pixels
sizes       17 different
files       990 JPEG, 3 channels, RGB, 8 bits
            1 TIFF, 4 channels, colors not said, 16 bits, color profile, values
            7 to 2999, and 2 NaN or infinite ones
turned      4 images by EXIF orientation 6
masks       997 images with one, 1 with one that cannot be read, 2 without
labeled     45.7% of their pixels
part ids    2; share of pixels (masks): 0 54.3% (997), 255 void 10.0% (3)
            1 of another size than the image: dog/7: mask 2x2, image 3x5
unreadable  no value range (4): a, b (set --value-range), c and 1 more
`);
  });

  it('lists a dozen classes, and says that there are more', () => {
    const classes = Array.from({ length: 17 }, (_, label) => ({ name: `c${label}`, images: 7 }));
    const table = dataTable({ ...description, classes, unlabeled: 0, labelsOf: 'examined' }, 80);
    expect(table).toMatch(/^classes {5}17 of 7 images each of the examined images\n/m);
    expect(table).toMatch(/c11 7, … \(5 more; --json has\s+all\)\n(?!unlabeled)/);
  });
});
