// The result of a probe for a terminal.

import { formatMeanSpread } from '@semmae/report';

import type { ProbeResult, ProbeScore, SeedValues } from './probe-result';

const lineWidth = 80;
const columnWidth = 16;

/** Accuracies in percent, mean ± standard deviation over seeds, beside what needs no model, in lines of at most 80 characters. */
export function probeTable(result: ProbeResult): string {
  const { model, data, test, pooling, imageSize, width, seeds, classes, scores, pixels } = result;
  const tokens = { class: 'class token', mean: 'mean patch token', both: 'class and mean patch token' }[pooling];
  const [train, tested] = (['train', 'test'] as const).map((part) => classes.reduce((sum, one) => sum + one[part], 0));
  const columns: [head: string, cell: (score: ProbeScore, place: number) => string][] = [
    ['accuracy, %', ({ protocol, k }) => (protocol === 'knn' ? `k-NN, k = ${k}` : 'linear probe')],
    ['features', ({ accuracy }) => percent(accuracy)],
  ];
  if (classes.length > 5) columns.push(['among five', ({ top5Accuracy }) => percent(top5Accuracy!)]);
  if (pixels.length > 0) columns.push(['pixels', (_, place) => percent(pixels[place]!.accuracy)]);
  const line = (cells: string[]) =>
    cells.map((cell, place) => (place === 0 ? cell.padEnd(columnWidth) : cell.padStart(columnWidth))).join('');
  return [
    `${model?.id ?? 'An encoder'}: ${tokens}, ${width} values, ${imageSize.height}x${imageSize.width} pixels`,
    `${data.name}: ${classes.length} classes, ${train} images to train on, ${tested} to test on, ${
      test ? `those of ${test.name}` : `${seeds.length} ${seeds.length === 1 ? 'split' : 'splits'}`
    }`,
    '',
    line(columns.map(([head]) => head)),
    ...scores.map((score, place) => line(columns.map(([, cell]) => cell(score, place)))),
    `chance ${(100 * result.chance).toFixed(1)}, always the largest class ${(100 * result.majority).toFixed(1)}`,
    ...notes(result),
  ]
    .flatMap(wrapped)
    .join('\n');
}

function percent({ values }: SeedValues): string {
  return values.length === 1 ? (100 * values[0]!).toFixed(1) : formatMeanSpread(values, { percent: true });
}

/** What was left out, and what has to be known to read the figures. */
function notes({ leftOut, pretrainedOnTestImages, seeds, classes, scores }: ProbeResult): string[] {
  const { unlabeled, neighbors } = leftOut;
  const notes: string[] = [];
  if (unlabeled > 0) notes.push(`Left out: ${unlabeled} images without a label.`);
  if (leftOut.classes.length > 0) {
    const named = leftOut.classes.slice(0, 5).map(({ name, images }) => `${name} (${images})`);
    const more = leftOut.classes.length > 5 ? ` and ${leftOut.classes.length - 5} more` : '';
    notes.push(`Left out: classes with too few images to train on: ${named.join(', ')}${more}.`);
  }
  if (neighbors.length > 0) {
    const n = classes.reduce((sum, { train }) => sum + train, 0);
    const all = scores.some(({ k }) => k === n) ? `; k = ${n}, all of them, stands for more` : '';
    notes.push(`Left out: k = ${neighbors.join(', ')}, more than there are images to train on${all}.`);
  }
  const untested = classes.filter(({ test }) => test === 0).map(({ name }) => name);
  if (untested.length > 0) {
    const more = untested.length > 5 ? ` and ${untested.length - 5} more` : '';
    notes.push(`Not judged, as there are no test images of them: ${untested.slice(0, 5).join(', ')}${more}.`);
  }
  if (pretrainedOnTestImages === null) notes.push('Not known: which test images the model was trained on.');
  else if (pretrainedOnTestImages > 0) {
    const over = seeds.length > 1 ? `of all ${seeds.length} splits ` : '';
    notes.push(`${pretrainedOnTestImages} test images ${over}were in the training of the model, without labels.`);
  }
  return notes;
}

/** Cut between words where there are any. */
function wrapped(text: string): string[] {
  if (text.length <= lineWidth) return [text];
  const space = text.lastIndexOf(' ', lineWidth);
  const end = space > 0 ? space : lineWidth;
  return [text.slice(0, end), ...wrapped(text.slice(end).trimStart())];
}
