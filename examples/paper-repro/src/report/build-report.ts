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
    subtitle: `Semantic-guided masking against other strategies on ${input.context.images.name}, preset ${input.options.preset}`,
    headline: headline(input),
    sections: sections.filter((section) => section !== undefined),
  };
}

function headline({ results, context }: ReportInput): HeadlineFigure[] {
  const accuracy = (name: StrategyName) =>
    results.probe.filter(({ strategy }) => strategy === name).flatMap(({ linear }) => linear ?? []);
  const figure = (label: string, values: number[], detail: string): HeadlineFigure[] =>
    values.length === 0 ? [] : [{ label, value: `${formatMeanSpread(values, { percent: true })} %`, detail }];
  return [
    ...figure('Linear probe, SemMAE', accuracy('semantic'), 'semantic-guided, α 0 → 1'),
    ...figure('Linear probe, MAE', accuracy('random'), 'random masks, same budget'),
    ...(results.parts === null
      ? []
      : [{ label: 'Parts, FG-NMI', value: results.parts.fgNmi.toFixed(2), detail: 'learned without labels' }]),
    {
      label: 'Images',
      value: String(context.images.pretrain.length),
      detail: `pre-training, ${context.preset.imageSize} px`,
    },
    {
      label: 'Wall time',
      value: results.seconds < 120 ? `${results.seconds.toFixed(0)} s` : `${(results.seconds / 60).toFixed(1)} min`,
      detail: context.backend.description,
    },
  ];
}

function honestNotes({ options, context, results }: ReportInput): TextSection {
  const items = [
    `Scale: ${context.preset.imageSize} px images, a ViT of width ${context.preset.encoder.width} and ${context.preset.encoder.depth} blocks, ${context.preset.steps.pretrain} steps of ${context.preset.batchSize} images. The paper trains ViT-B/8 for 800 epochs of ImageNet. This shows that every stage works; it does not repeat the paper’s numbers.`,
    'The part encoder is a small MAE trained here; the paper uses an iBOT ViT-S, whose attention knows far more about objects.',
    'Masks are drawn over all patches. The paper first drops the three quarters of the patches that its attention ranks as background.',
  ];
  if (options.preset === 'quick')
    items.push('The quick preset checks that everything runs. Its accuracies mean nothing.');
  if (options.seeds < leastSeeds)
    items.push(
      `${options.seeds} seed${options.seeds === 1 ? '' : 's'}: too few to call any difference between strategies a result.`,
    );
  if (context.images.skipped.length > 0)
    items.push(
      `Skipped ${context.images.skipped.length} unreadable files: ${context.images.skipped
        .slice(0, 5)
        .map(({ path, reason }) => `${path} (${reason})`)
        .join('; ')}`,
    );
  if (results.parts === null)
    items.push('These images have no part labels, so learned parts are shown but not scored.');
  return { kind: 'text', title: 'Before you believe it', items, tone: 'caution' };
}

function howItWasMade({ options, context, results }: ReportInput): FactsSection {
  const { preset } = context;
  return {
    kind: 'facts',
    title: 'How this was made',
    command: commandOf(options),
    facts: [
      { label: 'Preset', value: `${options.preset}: ${presets[options.preset].summary}` },
      {
        label: 'Images',
        value: `${context.images.pretrain.length} pre-training, ${context.images.probeTrain.length} probe, ${context.images.test.length} held out`,
      },
      {
        label: 'Encoder',
        value: `width ${preset.encoder.width}, ${preset.encoder.depth} blocks, ${preset.encoder.heads} heads, patch ${preset.patchSize}`,
      },
      {
        label: 'Steps',
        value: `${preset.steps.partEncoder} part encoder, ${preset.steps.parts} parts, ${preset.steps.pretrain} per model; batch ${preset.batchSize}`,
      },
      { label: 'Seeds', value: Array.from({ length: options.seeds }, (_, seed) => seed).join(', ') },
      { label: 'Engine', value: context.backend.description },
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
