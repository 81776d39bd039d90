// The pictures: parts beside their truth, the masks of every strategy, what the models make of hidden patches.

import { createPatchGrid, createRng, type PatchGrid } from '@semmae/core';
import { fullView } from '@semmae/data';
import { constantAlpha, type MaskingStrategy, randomMasking, semanticMasking } from '@semmae/masking';
import { type DrawnMask, drawMasks } from '@semmae/pipeline';
import {
  attentionPicture,
  type GalleryRow,
  type GallerySection,
  maskPicture,
  type Picture,
  partPicture,
  pixelPicture,
  type TableSection,
} from '@semmae/report';

import { maskRatio, type Preset } from '../presets';
import { comparedStrategies, guideTitles } from '../strategies';
import type { ReportInput } from './report-input';

/** Draws behind each mask-frequency map. */
const frequencyDraws = 500;

/** Of the compared models; the learned parts are on the same. */
function gridOf({ imageSize, model }: Preset): PatchGrid {
  const side = imageSize / model.encoder.patchSize;
  return createPatchGrid(side, side);
}

export function partGallery({ preset, examples, exampleParts, images }: ReportInput): GallerySection {
  const grid = gridOf(preset);
  const hasTruth = examples.every(({ parts }) => parts !== undefined);
  const rows = examples.map((image, row): GalleryRow => {
    const { height, width } = image;
    const picture = pixelPicture(image);
    const { parts, foreground, saliency } = exampleParts[row]!;
    const truth = image.parts === undefined ? [] : [partPicture({ height, width, labels: image.parts })];
    return {
      caption: captionOf(image, images.test.classNames),
      pictures: [
        picture,
        ...truth,
        partPicture({ height, width, grid, labels: foreground }),
        partPicture({ height, width, grid, labels: parts }),
        saliency === undefined ? null : attentionPicture({ height, width, grid, attention: saliency, image: picture }),
      ],
    };
  });
  return {
    kind: 'gallery',
    title: 'Learned parts',
    note: 'Held-out images. Learned parts are the argmax of the part maps (Eq. 2); what guides masks is the map beside it, gray where the foreground score beside that is low (Otsu’s threshold). Colors are part ids; those of truth and of learned parts are unrelated.',
    columns: ['Image', ...(hasTruth ? ['True parts'] : []), 'Learned parts', 'Less background', 'Foreground score'],
    rows,
  };
}

export function partScoreTable({ results }: ReportInput): TableSection | undefined {
  if (results.parts.length === 0) return undefined;
  const score = (value: number | null) => (value === null ? null : value.toFixed(3));
  return {
    kind: 'table',
    title: 'Part quality',
    note: 'Over all pixels of all held-out images at once, each pixel taking the label of its patch. 1 is perfect, 0 what chance gives (ARI) or no information (NMI). FG: true foreground pixels alone.',
    columns: [
      { label: 'Parts' },
      { label: 'FG-ARI', align: 'right' },
      { label: 'FG-NMI', align: 'right' },
      { label: 'ARI', align: 'right' },
      { label: 'NMI', align: 'right' },
    ],
    rows: results.parts.map(({ guide, fgAri, fgNmi, ari, nmi }) => ({
      cells: [guideTitles[guide], score(fgAri), score(fgNmi), score(ari), score(nmi)],
      ...(guide === 'learned' && { emphasis: 'strong' as const }),
    })),
  };
}

export function maskGallery(input: ReportInput): GallerySection {
  const { examples, images, preset } = input;
  const grid = gridOf(preset);
  const { keptShare } = preset.model;
  const columns = shownStrategies.map(({ strategy }) =>
    masksOf(input, { strategy, count: examples.length, stream: 'report' }),
  );
  const rows = examples.map((example, row): GalleryRow => {
    const image = pixelPicture(example);
    return {
      caption: captionOf(example, images.test.classNames),
      pictures: [image, ...columns.map((masks) => maskPicture({ image, grid, ...masks[row]! }))],
    };
  });
  return {
    kind: 'gallery',
    title: 'Masks',
    note: `${keptShare < 1 ? `${keptShare * 100} % of the patches are kept, those with the highest foreground scores; the others are neither seen nor predicted (dark blue). ` : ''}${maskRatio * 100} % of the ${keptShare < 1 ? 'kept ' : ''}patches are hidden from the encoder (gray). Semantic-guided masking goes from some patches of each part (α = 0) to whole parts (α = 1). Last row: how often each patch of the first example is hidden in ${frequencyDraws} draws, dark never, bright always.`,
    columns: ['Image', ...shownStrategies.map(({ title }) => title)],
    rows: [
      ...rows,
      {
        caption: 'how often',
        pictures: [null, ...shownStrategies.map(({ strategy }) => drawFrequency(input, strategy))],
      },
    ],
    pictureWidth: 96,
  };
}

export function reconstructionGallery({ examples, models, images }: ReportInput): GallerySection {
  const first = models.filter(({ reconstructions }) => reconstructions.length > 0);
  return {
    kind: 'gallery',
    title: 'Reconstructions',
    note: 'Held-out images under random masks (the same for all models), by the first seed of each strategy. Visible patches are the original’s. The models predict normalized patches; each predicted patch borrows mean and contrast from the hidden original, so colors look better than the model knows.',
    columns: ['Image', ...first.map(({ strategy }) => comparedStrategies[strategy].title)],
    rows: examples.map((image, row) => ({
      caption: captionOf(image, images.test.classNames),
      pictures: [pixelPicture(image), ...first.map(({ reconstructions }) => reconstructions[row] ?? null)],
    })),
    pictureWidth: 96,
  };
}

/** Random masks, and semantic ones at three moments of their schedule. */
const shownStrategies: readonly { title: string; strategy: MaskingStrategy }[] = [
  { title: 'Random', strategy: randomMasking({ maskRatio }) },
  ...[0, 0.5, 1].map((alpha) => ({
    title: `Semantic, α = ${alpha}`,
    strategy: semanticMasking({ maskRatio, alpha: constantAlpha(alpha) }),
  })),
];

/** Of the first `count` examples, among the patches that training keeps. */
function masksOf(
  { preset, examples, exampleParts }: ReportInput,
  { strategy, count, stream }: { strategy: MaskingStrategy; count: number; stream: string },
): DrawnMask[] {
  const grid = gridOf(preset);
  const viewed = examples.slice(0, count).map((image, row) => {
    const { parts: labels, saliency: scores } = exampleParts[row]!;
    return { image: { ...image, patchParts: { grid, labels, scores } }, view: fullView(image) };
  });
  const { keptShare } = preset.model;
  return drawMasks(viewed, { masking: strategy, grid, keptShare, progress: 1, rng: createRng(0).split(stream) });
}

function drawFrequency(input: ReportInput, strategy: MaskingStrategy): Picture {
  const grid = gridOf(input.preset);
  const attention = new Float32Array(grid.patchCount);
  for (let draw = 0; draw < frequencyDraws; draw++) {
    const [{ masked }] = masksOf(input, { strategy, count: 1, stream: `draw ${draw}` }) as [DrawnMask];
    for (const patch of masked) attention[patch]! += 1 / frequencyDraws;
  }
  const { imageSize: height } = input.preset;
  return attentionPicture({
    ...{ height, width: height, grid, attention, range: [0, 1] },
    colorMap: 'viridis',
    interpolation: 'nearest',
  });
}

function captionOf({ id, label }: { id: string; label?: number }, classNames: readonly string[] | undefined): string {
  return label === undefined || classNames === undefined ? id : classNames[label]!;
}
