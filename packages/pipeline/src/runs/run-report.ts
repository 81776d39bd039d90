// The report of a finished pre-training, as plain data.

import {
  type ChartSection,
  type FactsSection,
  type GallerySection,
  type LineChart,
  machineFacts,
  type ReportContent,
} from '@semmae/report';
import type { StepRecord } from '@semmae/train';

import type { Panel } from '../panels/panel';
import { installedVersions } from './installed-versions';
import { finalLoss } from './read-history';

export interface RunReportOptions {
  folder: string;
  /** Of the recipe. */
  name: string;
  /** As config.json has them. */
  settings: Readonly<Record<string, unknown>>;
  history: readonly StepRecord[];
  /** What the trained network makes of a few images. */
  network: Panel | undefined;
  /** Masks at moments of the schedule, where they change. */
  schedule: Panel | undefined;
  /** The photographs, as `data` named them. */
  data: string;
}

export function runReport(options: RunReportOptions): ReportContent {
  const { name, settings, history, network, schedule } = options;
  const { data, imageCount } = settings as { data: string; imageCount: number };
  const last = history.at(-1)!;
  const loss = finalLoss(history);
  return {
    title: `Pre-training, ${name}`,
    subtitle: `${imageCount} images of ${data}`,
    headline: [
      { label: 'Method', value: name, detail: 'recipe' },
      { label: 'Images', value: String(imageCount), detail: data },
      { label: 'Steps', value: String(last.step), detail: `${last.epoch + 1} passes over the images` },
      { label: 'Wall time', value: durationText(last.seconds), detail: `${rate(history)} images/s` },
      { label: 'Final loss', value: loss.toPrecision(4), detail: 'mean of the last twentieth of the steps' },
    ],
    sections: [
      lossCurves(history),
      ...(network ? [gallery('What the model makes of images', network)] : []),
      ...(schedule ? [gallery('Masks over the training', schedule)] : []),
      howToGoOn(options),
      { kind: 'facts', title: 'Settings', facts: settingFacts(settings) },
      { kind: 'facts', title: 'Machine and versions', facts: [...machineFacts(), ...installedVersions()] },
    ],
  };
}

function gallery(title: string, panel: Panel): GallerySection {
  return { kind: 'gallery', title, pictureWidth: 144, ...panel };
}

/** Of long runs; in a short one the mean would lag behind. */
const longRun = 300;

function lossCurves(history: readonly StepRecord[]): ChartSection {
  const pointsOf = (key: string) =>
    history.flatMap(({ step, [key]: value }) => (value === undefined ? [] : [[step, value] as const]));
  const smoothing = history.length < longRun ? 0 : 0.9;
  const chart = (title: string, key: string, rest: Partial<LineChart> = {}) => ({
    type: 'line' as const,
    chart: {
      title,
      xLabel: 'step',
      yLabel: title.toLowerCase(),
      series: [{ name: key, points: pointsOf(key) }],
      ...rest,
    },
  });
  return {
    kind: 'chart',
    title: 'Curves',
    note: `${smoothing > 0 ? 'The loss is a running mean; the faint line behind it is that of single steps. ' : ''}All metrics of every step are in metrics.jsonl.`,
    charts: [chart('Loss', 'loss', { smoothing }), chart('Learning rate', 'learningRate')],
  };
}

function howToGoOn({ folder, data, settings }: RunReportOptions): FactsSection {
  const [model, photographs] = [folder, data].map(quoted);
  return {
    kind: 'facts',
    title: 'How to go on',
    note: 'Curves and pictures of the whole run; feature vectors of all images; what they are worth, if photographs lie in a folder per class; the encoder for other programs.',
    command: [
      `tensorboard --logdir ${model}`,
      ...('decoder' in (settings.recipe as object)
        ? [`semmae show reconstructions --model ${model} --data ${photographs} --out reconstructions.png`]
        : []),
      `semmae embed --model ${model} --data ${photographs} --out features.npy`,
      `semmae probe --model ${model} --data ${photographs}`,
      `semmae export --model ${model} --format onnx --out encoder.onnx`,
    ].join('\n'),
    facts: [],
  };
}

/** For a shell, where it needs it. */
function quoted(word: string): string {
  return /^[\w./:@=-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** One fact a setting; the recipe's are spread out, records within them are one line. */
function settingFacts({ recipe, ...settings }: Readonly<Record<string, unknown>>): FactsSection['facts'] {
  const given = Object.entries({ ...(recipe as object), ...withoutUndefined(settings) });
  return given.map(([key, value]) => ({
    label: key === 'learningRate' ? 'learningRate, for 256 images a step' : key,
    value: settingText(value),
  }));
}

function withoutUndefined(settings: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
}

function settingText(value: unknown): string {
  if (typeof value === 'number') return String(Number(value.toPrecision(6)));
  if (Array.isArray(value)) return value.map(settingText).join(' to ');
  if (typeof value !== 'object' || value === null) return String(value);
  return Object.entries(value)
    .map(([key, inner]) => `${key} ${settingText(inner)}`)
    .join(', ');
}

function rate(history: readonly StepRecord[]): string {
  const rates = history.map(({ imagesPerSecond }) => imagesPerSecond).sort((a, b) => a - b);
  return rates[Math.floor(rates.length / 2)]!.toPrecision(3);
}

function durationText(seconds: number): string {
  if (seconds < 120) return `${seconds.toFixed(0)} s`;
  return seconds < 7200 ? `${(seconds / 60).toFixed(1)} min` : `${(seconds / 3600).toFixed(1)} h`;
}
