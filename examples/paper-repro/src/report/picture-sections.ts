// The pictures: parts beside their truth, the masks of every strategy, what the models make of hidden patches.

import { createRng } from '@semmae/core';
import { constantAlpha, type MaskingStrategy, maskFrequency, semanticMasking } from '@semmae/masking';
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

import { gridOf } from '../models';
import { maskRatio } from '../presets';
import { comparedStrategies, type StrategyName } from '../strategies';
import type { ReportInput } from './report-input';

/** Draws behind each mask-frequency map. */
const frequencyDraws = 500;

export function partGallery({ context, examples, exampleParts }: ReportInput): GallerySection {
  const grid = gridOf(context.preset);
  const hasTruth = examples.every((index) => context.images.test[index]!.parts !== undefined);
  const rows = examples.map((index, row): GalleryRow => {
    const image = context.images.test[index]!;
    const { height, width } = image;
    const picture = pixelPicture(image);
    const { parts, foreground, attention } = exampleParts[row]!;
    const truth = image.parts === undefined ? [] : [partPicture({ height, width, labels: image.parts })];
    return {
      caption: captionOf(image, context.images.classNames),
      pictures: [
        picture,
        ...truth,
        partPicture({ height, width, grid, labels: foreground }),
        partPicture({ height, width, grid, labels: parts }),
        attentionPicture({ height, width, grid, attention, image: picture }),
      ],
    };
  });
  return {
    kind: 'gallery',
    title: 'Learned parts',
    note: 'Held-out images. Learned parts are the argmax of the six attention maps (Eq. 2); what guides masks is the map beside it, gray where the summed attention is low (Otsu’s threshold). Colors are part ids; those of truth and of learned parts are unrelated. Attention is the class token’s, of the frozen encoder.',
    columns: ['Image', ...(hasTruth ? ['True parts'] : []), 'Learned parts', 'Less background', 'Attention'],
    rows,
  };
}

export function partScoreTable({ results }: ReportInput): TableSection | undefined {
  if (results.parts === null) return undefined;
  const { fgNmi, fgAri, nmi, ari } = results.parts;
  const row = (label: string, meaning: string, value: number) => ({ cells: [label, meaning, value.toFixed(3)] });
  return {
    kind: 'table',
    title: 'Part quality',
    note: 'Over all pixels of all held-out images at once, each pixel taking the label of its patch. 1 is perfect, 0 what chance gives (ARI) or no information (NMI).',
    columns: [{ label: 'Score' }, { label: 'Meaning' }, { label: 'Value', align: 'right' }],
    rows: [
      row('FG-NMI', 'normalized mutual information, true foreground pixels', fgNmi),
      row('FG-ARI', 'adjusted Rand index, true foreground pixels', fgAri),
      row('NMI', 'background included', nmi),
      row('ARI', 'background included', ari),
    ],
  };
}

export function maskGallery(input: ReportInput): GallerySection {
  const { context, examples } = input;
  const shown = shownStrategies(input);
  const rows = examples.map(
    (index, row): GalleryRow => ({
      caption: captionOf(context.images.test[index]!, context.images.classNames),
      pictures: [
        pixelPicture(context.images.test[index]!),
        ...shown.map(({ strategy }) => drawMask(input, strategy, row)),
      ],
    }),
  );
  const blank: Picture[] = shown.map(({ strategy }) => drawFrequency(input, strategy));
  return {
    kind: 'gallery',
    title: 'Masks of every strategy',
    note: `${maskRatio * 100} % of the patches are hidden from the encoder (gray), the exact same number by every strategy. Semantic-guided masking goes from some patches of each part (α = 0) to whole parts (α = 1). Last row: how often each patch of the first example is hidden in ${frequencyDraws} draws, dark never, bright always.`,
    columns: ['Image', ...shown.map(({ title }) => title)],
    rows: [...rows, { caption: 'how often', pictures: [null, ...blank] }],
    pictureWidth: 96,
  };
}

export function reconstructionGallery({ context, examples, models }: ReportInput): GallerySection {
  const first = models.filter(({ reconstructions }) => reconstructions.length > 0);
  return {
    kind: 'gallery',
    title: 'Reconstructions',
    note: 'Held-out images under random masks (the same for all models), by the first seed of each strategy. Visible patches are the original’s. The models predict normalized patches; each predicted patch borrows mean and contrast from the hidden original, so colors look better than the model knows.',
    columns: ['Image', ...first.map(({ strategy }) => comparedStrategies[strategy].title)],
    rows: examples.map((index, row) => ({
      caption: captionOf(context.images.test[index]!, context.images.classNames),
      pictures: [
        pixelPicture(context.images.test[index]!),
        ...first.map(({ reconstructions }) => reconstructions[row] ?? null),
      ],
    })),
    pictureWidth: 96,
  };
}

/** The compared strategies without the scheduled one, which appears at three moments of its schedule instead. */
function shownStrategies({ options }: ReportInput): { title: string; strategy: MaskingStrategy }[] {
  const scheduled: StrategyName[] = ['semantic', 'whole-parts'];
  return [
    ...options.strategies
      .filter((name) => !scheduled.includes(name))
      .map((name) => ({ title: comparedStrategies[name].title, strategy: comparedStrategies[name].create() })),
    ...[0, 0.5, 1].map((alpha) => ({
      title: `Semantic, α = ${alpha}`,
      strategy: semanticMasking({ maskRatio, alpha: constantAlpha(alpha) }),
    })),
  ];
}

function drawMask({ context, examples, exampleParts }: ReportInput, strategy: MaskingStrategy, row: number): Picture {
  const grid = gridOf(context.preset);
  const { masked } = strategy.sample({ grid, progress: 1, ...exampleParts[row]! }, createRng(0).split('report', row));
  return maskPicture({ image: pixelPicture(context.images.test[examples[row]!]!), grid, masked });
}

function drawFrequency({ context, exampleParts }: ReportInput, strategy: MaskingStrategy): Picture {
  const grid = gridOf(context.preset);
  const rng = createRng(1).split('frequency');
  const attention = maskFrequency(strategy, { grid, progress: 1, ...exampleParts[0]! }, { draws: frequencyDraws, rng });
  const { imageSize: height } = context.preset;
  return attentionPicture({
    ...{ height, width: height, grid, attention, range: [0, 1] },
    colorMap: 'viridis',
    interpolation: 'nearest',
  });
}

function captionOf({ id, label }: { id: string; label?: number }, classNames: readonly string[] | undefined): string {
  return label === undefined || classNames === undefined ? id : classNames[label]!;
}
