// The report of a run, section by section in the order of the story.

import {
  type FactsSection,
  formatMeanSpread,
  type HeadlineFigure,
  machineFacts,
  type ReportContent,
  type Section,
  type TextSection,
} from '@semmae/report';

import { presets } from '../presets';
import type { StrategyName } from '../strategies';
import { maskGallery, partGallery, partScoreTable, reconstructionGallery } from './picture-sections';
import type { ReportInput } from './report-input';
import { accuracyCharts, lossCurves, strategyTable } from './strategy-sections';

/** From here on a preset's order of strategies may be read as a result rather than as noise. */
const leastSeeds = 3;

export function buildReport(input: ReportInput): ReportContent {
  const sections: (Section | undefined)[] = [
    strategyTable(input),
    accuracyCharts(input),
    partGallery(input),
    partScoreTable(input),
    maskGallery(input),
    reconstructionGallery(input),
    lossCurves(input),
    honestNotes(input),
    howItWasMade(input),
  ];
  return {
    title: 'SemMAE, from parts to probe',
    subtitle: `Semantic-guided masking against other strategies on ${input.images.test.name}, preset ${input.options.preset}`,
    headline: headline(input),
    sections: sections.filter((section) => section !== undefined),
  };
}

function headline({ results, images, preset, backend }: ReportInput): HeadlineFigure[] {
  const accuracy = (name: StrategyName) =>
    results.probe.filter(({ strategy }) => strategy === name).flatMap(({ linear }) => linear ?? []);
  const figure = (label: string, values: number[], detail: string): HeadlineFigure[] =>
    values.length === 0 ? [] : [{ label, value: `${formatMeanSpread(values, { percent: true })} %`, detail }];
  const learned = results.parts.find(({ guide }) => guide === 'learned')?.fgAri;
  return [
    ...figure('Linear probe, SemMAE', accuracy('semantic'), 'semantic masks, learned parts'),
    ...figure('Linear probe, true parts', accuracy('semantic-truth'), 'semantic masks, true parts'),
    ...figure('Linear probe, MAE', accuracy('random'), 'random masks, same budget'),
    ...(learned == null
      ? []
      : [{ label: 'Parts, FG-ARI', value: learned.toFixed(2), detail: 'learned without labels' }]),
    { label: 'Images', value: String(images.pretrain.length), detail: `pre-training, ${preset.imageSize} px` },
    {
      label: 'Wall time',
      value: results.seconds < 120 ? `${results.seconds.toFixed(0)} s` : `${(results.seconds / 60).toFixed(1)} min`,
      detail: backend,
    },
  ];
}

function honestNotes({ options, preset, images, results }: ReportInput): TextSection {
  const { encoder, batchSize, keptShare } = preset.model;
  const items = [
    `Scale: ${preset.imageSize} px images, a ViT of width ${encoder.width} and ${encoder.depth} blocks, ${preset.steps.pretrain} steps of ${batchSize} images. The paper trains ViT-B/8 for 800 epochs of ImageNet. This shows that every stage works; it does not repeat the paper’s numbers.`,
    'The part encoder is a small MAE trained here; the paper uses an iBOT ViT-S, whose attention knows far more about objects.',
    keptShare < 1
      ? `As in the paper, masks are drawn among the ${(100 * keptShare).toFixed(0)} % of the patches with the highest foreground score; the others are neither seen nor predicted.`
      : 'Masks are drawn over all patches. The paper first drops the three quarters of the patches that its attention ranks as background.',
  ];
  if (options.preset === 'quick')
    items.push('The quick preset checks that everything runs. Its accuracies mean nothing.');
  if (options.seeds < leastSeeds)
    items.push(
      `${options.seeds} seed${options.seeds === 1 ? '' : 's'}: too few to call any difference between strategies a result.`,
    );
  const { leftOut } = images.pretrain;
  if (leftOut.total > 0) items.push(`Left out of the images: ${leftOut.summary()}`);
  if (results.parts.length === 0)
    items.push('These images have no part labels, so learned parts are shown but not scored.');
  return { kind: 'text', title: 'Before you believe it', items, tone: 'caution' };
}

function howItWasMade({ options, preset, images, results, backend }: ReportInput): FactsSection {
  const { encoder, batchSize } = preset.model;
  return {
    kind: 'facts',
    title: 'How this was made',
    command: commandOf(options),
    facts: [
      { label: 'Preset', value: `${options.preset}: ${presets[options.preset].summary}` },
      {
        label: 'Images',
        value: `${images.pretrain.length} pre-training, ${images.probeTrain.length} probe, ${images.test.length} held out`,
      },
      {
        label: 'Encoder',
        value: `width ${encoder.width}, ${encoder.depth} blocks, ${encoder.heads} heads, patch ${encoder.patchSize}`,
      },
      {
        label: 'Steps',
        value: `${preset.steps.partEncoder} part encoder, ${preset.steps.parts} parts, ${preset.steps.pretrain} per model; batch ${batchSize}`,
      },
      { label: 'Seeds', value: Array.from({ length: options.seeds }, (_, seed) => seed).join(', ') },
      { label: 'Engine', value: `${backend}, ${options.jobs} models at a time` },
      { label: 'Wall time', value: `${results.seconds.toFixed(0)} s` },
      ...machineFacts(),
      ...Object.entries(results.versions).map(([label, value]) => ({ label, value })),
    ],
  };
}

function commandOf({ preset, data, seeds, strategies, backend }: ReportInput['options']): string {
  return [
    'npm run repro --',
    `--preset ${preset}`,
    ...(data === undefined ? [] : [`--data ${data}`]),
    `--seeds ${seeds}`,
    `--strategies ${strategies.join(',')}`,
    `--backend ${backend}`,
  ].join(' ');
}
