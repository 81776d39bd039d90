// What a file of weights holds, as lines of text.

import { escapeControls } from '@semmae/core';
import type { CheckpointDescription, DescribedTensor } from '@semmae/pipeline';

import { textTable } from '../terminal/text-table';
import { wrapped } from '../terminal/wrapped';

type Fact = [title: string, text: string];

const titleWidth = 13;

/**
 * Facts, one a line, then the tensors; those that differ in the number of their block alone share a line. An arrow says what becomes
 * of one that has another name here.
 */
export function descriptionTable(description: CheckpointDescription, columns = process.stdout.columns ?? 80): string {
  const facts = factsOf(description).filter(([, text]) => text !== '');
  return [
    ...facts.flatMap(([title, text]) => wrapped(text, { columns, title: `${title.padEnd(titleWidth - 1)} ` })),
    '',
    ...tensorTable(description.tensors, columns),
  ].join('\n');
}

function factsOf(description: CheckpointDescription): Fact[] {
  const { path, container, kind, tensors, values, bytes, contents, model, refusal } = description;
  const size = `${tensors.length} tensors of ${values.toLocaleString('en')} values, ${sizeText(bytes)}`;
  return [
    ['file', path],
    ['holds', `${meaningOf(kind)} (${container}, ${size})`],
    ...(refusal === undefined ? [] : [['no model', refusal.replace(`${path}: `, '')] as Fact]),
    ...(model === undefined ? [] : modelFacts(model)),
    ...Object.entries(contents).flatMap(([key, value]) => (value === kind ? [] : [[key, wordsOf(value)] as Fact])),
  ];
}

/** By the formats of files from here, without their version. */
const meanings: Readonly<Record<string, string>> = {
  'public model': 'a model of another project',
  'semmae-model': 'a model',
  'semmae-parts': 'learned parts',
  'semmae-part-maps': 'part maps',
  'semmae-checkpoint': 'a training that can go on',
};

function meaningOf(kind: string): string {
  const meaning = meanings[kind.split('/', 1)[0]!];
  return meaning === undefined || kind in meanings ? (meaning ?? kind) : `${meaning}, ${kind}`;
}

function modelFacts(model: NonNullable<CheckpointDescription['model']>): Fact[] {
  const { family, recognizedBy, network, encoder, decoder, heads, preprocessing, parameters, notes } = model;
  return [
    ['family', `${family}: ${recognizedBy}`],
    ['network', network],
    ['encoder', wordsOf(encoder)],
    ['decoder', decoder === undefined ? '' : wordsOf(decoder)],
    ...Object.entries(heads).map(([name, head]): Fact => [name, wordsOf(head)]),
    ['parameters', parameters.toLocaleString('en')],
    ['images', wordsOf(preprocessing)],
    ['missing', model.missing.join(', ')],
    ['left over', model.unexpected.join(', ')],
    ...notes.map((note): Fact => ['note', note]),
  ];
}

const longestText = 64; // as long as a SHA-256;
const longestList = 8;

/** 'width 384, depth 12, positionGrid (rows 14, columns 14)' */
function wordsOf(value: unknown): string {
  if (Array.isArray(value)) {
    const more = value.length > longestList ? `, … (${value.length} in all)` : '';
    return `[${value.slice(0, longestList).map(wordsOf).join(', ')}${more}]`;
  }
  if (typeof value === 'object' && value !== null) {
    const words = (each: unknown) =>
      typeof each === 'object' && each !== null && !Array.isArray(each) ? `(${wordsOf(each)})` : wordsOf(each);
    return Object.entries(value)
      .map(([key, each]) => `${key} ${words(each)}`)
      .join(', ');
  }
  const text = String(value);
  return text.length > longestText ? `${text.slice(0, longestText)}…` : text;
}

function tensorTable(tensors: readonly DescribedTensor[], columns: number): string[] {
  const groups = new Map<string, DescribedTensor[]>();
  for (const tensor of tensors) {
    const { name, dtype, shape, becomes, leftOut } = tensor;
    const size = leftOut === undefined ? [dtype, shape] : [];
    const key = JSON.stringify([withoutNumbers(name), becomes?.map(withoutNumbers), leftOut, ...size]);
    groups.set(key, [...(groups.get(key) ?? []), tensor]);
  }
  const rows = [...groups.values()].map((group) => {
    const [{ name, dtype, shape, becomes = [], leftOut }] = group as [DescribedTensor];
    const plain = group.length > 1 ? withoutNumbers : (text: string) => text;
    const use = leftOut === undefined ? becomes.map(plain).join(', ') : `left out: ${leftOut}`;
    const isOne = group.every((other) => other.dtype === dtype && String(other.shape) === String(shape));
    const size = isOne ? [dtype, `[${shape.join(', ')}]`] : ['', 'of several shapes'];
    return {
      cells: [plain(name), group.length > 1 ? `${group.length}×` : '', ...size],
      use: use === plain(name) ? '' : use,
    };
  });
  const header = ['tensor', '', 'type', 'shape'];
  const [first, ...lines] = textTable([header, ...rows.map(({ cells }) => cells)], { columns, right: [1] });
  return [
    first!,
    ...lines.flatMap((line, index) => [
      line,
      ...(rows[index]!.use === '' ? [] : [`  → ${escapeControls(rows[index]!.use)}`]),
    ]),
  ];
}

/** 'blocks.7.norm' -> 'blocks.*.norm' */
function withoutNumbers(text: string): string {
  return text.replace(/(?<=^|\.)\d+(?=$|\.)/g, '*');
}

function sizeText(bytes: number): string {
  return bytes < 1e6
    ? `${(bytes / 1e3).toFixed(1)} kB`
    : bytes < 1e9
      ? `${(bytes / 1e6).toFixed(1)} MB`
      : `${(bytes / 1e9).toFixed(2)} GB`;
}
