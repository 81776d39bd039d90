// CIFAR-10 and CIFAR-100 in their binary version.

import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

import type { ByteSource } from '@semmae/checkpoints';
import { SemmaeError } from '@semmae/core';

import { assertIndex } from '../assert-index';
import { lastAtMost } from '../last-at-most';
import { chooseSplit } from './choose-split';
import { classNumbers } from './class-numbers';
import { fileBytes } from './file-bytes';
import type { ImageSource } from './image-source';
import { leftOut as noneLeftOut } from './left-out';

export interface OpenCifarSourceOptions {
  /** Default 'train'. A file that is named itself is read whatever its split. */
  split?: string | undefined;
  /** Which labels of CIFAR-100. Default 'fine'. */
  label?: string | undefined;
}

const side = 32;
const pixelBytes = 3 * side * side;

/** Each image is so many bytes of labels, then 1024 of red, green and blue each. */
interface CifarKind {
  labelBytes: number;
  files: RegExp;
  /** Of the names of classes, by kind of label, with the place of their byte. */
  labels: Readonly<Record<string, { place: number; names: string }>>;
}

const kinds: Readonly<Record<string, CifarKind>> = {
  'CIFAR-10': {
    labelBytes: 1,
    files: /^(data_batch_\d+|test_batch)\.bin$/,
    labels: { label: { place: 0, names: 'batches.meta.txt' } },
  },
  'CIFAR-100': {
    labelBytes: 2,
    files: /^(train|test)\.bin$/,
    labels: {
      fine: { place: 1, names: 'fine_label_names.txt' },
      coarse: { place: 0, names: 'coarse_label_names.txt' },
    },
  },
};

/** Whether the path is a file of CIFAR by its name, or a folder that has some, in its binary version or in that for Python. */
export function isCifar(path: string): boolean {
  return filesOf(path).some(({ name }) => isCifarName(name)) || pythonVersion(path) !== undefined;
}

/**
 * Opens a folder such as cifar-10-batches-bin, or one of its files. Images are read by ranges when they are asked for, as pixels.
 *
 * Throws a SemmaeError for files of another size, and for the version that is pickles of Python.
 *
 * Reference: https://www.cs.toronto.edu/~kriz/cifar.html
 */
export async function openCifarSource(
  path: string,
  { split, label }: OpenCifarSourceOptions = {},
): Promise<ImageSource> {
  const python = pythonVersion(path);
  const all = filesOf(path).filter(({ name }) => isCifarName(name));
  if (all.length === 0) {
    const requirement =
      'must be the binary version of CIFAR: data_batch_1.bin … test_batch.bin, or train.bin and test.bin';
    const got = python === undefined ? 'none of them' : `${python}, the version for Python`;
    throw new SemmaeError({ where: path, requirement, got, remedy: 'download the binary version' });
  }
  const [title, kind] = kindOf(
    path,
    all.map(({ name }) => name),
  );
  const chosenLabel = label ?? Object.keys(kind.labels)[0]!;
  const labels = kind.labels[chosenLabel];
  if (labels === undefined) {
    const requirement = `the label of ${title} must be one of ${Object.keys(kind.labels).join(', ')}`;
    throw new SemmaeError({ where: path, requirement, got: label });
  }
  const leftOut = noneLeftOut();
  const names = chooseSplit(path, all.map(({ name }) => name).sort(byNumber), { split, leftOut });
  const batches = names.map((name) => openBatch(all.find((file) => file.name === name)!.path, kind));
  const starts = startsOf(batches);
  const length = starts.at(-1)!;
  const labelOf = Uint8Array.from({ length }, () => 0);
  for (const [place, batch] of batches.entries())
    await readLabels(batch, labels.place, labelOf.subarray(starts[place]));
  const classNames = readNames(join(dirname(all[0]!.path), labels.names), labelOf, path);
  const placeOf = (index: number) => {
    assertIndex(path, index, length);
    const place = lastAtMost(starts, index);
    return { batch: batches[place]!, row: index - starts[place]! };
  };
  return {
    name: path,
    length,
    classNames,
    shardStarts: starts.slice(0, -1),
    leftOut,
    idAt(index) {
      const { batch, row } = placeOf(index);
      return `${basename(batch.file.name, '.bin')}/${row}`;
    },
    labelAt(index) {
      assertIndex(path, index, length);
      return labelOf[index]!;
    },
    async read(index) {
      const { batch, row } = placeOf(index);
      const planes = new Uint8Array(await batch.file.bytes(row * batch.recordBytes + kind.labelBytes, pixelBytes));
      const image = { height: side, width: side, channels: 3, pixels: interleaved(planes) };
      return { image, label: labelOf[index]!, names: { image: `image ${row} of ${batch.file.name}` } };
    },
  };
}

interface Batch {
  file: ByteSource;
  recordBytes: number;
  count: number;
}

function openBatch(path: string, { labelBytes }: CifarKind): Batch {
  const file = fileBytes(path);
  const recordBytes = labelBytes + pixelBytes;
  const count = file.size / recordBytes;
  if (Number.isInteger(count) && count > 0) return { file, recordBytes, count };
  throw new SemmaeError({
    where: path,
    requirement: `must hold images of ${recordBytes} bytes each`,
    got: `${file.size} bytes`,
    remedy: 'download it anew',
  });
}

function startsOf(batches: readonly Batch[]): number[] {
  const starts = [0];
  for (const { count } of batches) starts.push(starts.at(-1)! + count);
  return starts;
}

/** Images that are read at once for their labels. */
const labelsAtOnce = 1000;

async function readLabels({ file, recordBytes, count }: Batch, place: number, into: Uint8Array): Promise<void> {
  for (let first = 0; first < count; first += labelsAtOnce) {
    const rows = Math.min(labelsAtOnce, count - first);
    const bytes = new Uint8Array(await file.bytes(first * recordBytes, rows * recordBytes));
    for (let row = 0; row < rows; row++) into[first + row] = bytes[row * recordBytes + place]!;
  }
}

/** Without a file of names classes have their numbers. */
function readNames(path: string, labels: Uint8Array, where: string): string[] {
  const numbers = classNumbers(labels);
  if (!existsSync(path)) return numbers;
  const names = readFileSync(path, 'utf8')
    .split(/\r?\n/)
    .filter((name) => name !== '');
  if (names.length >= numbers.length) return names;
  const requirement = `labels must be below ${names.length}, the names in ${basename(path)}`;
  throw new SemmaeError({ where, requirement, got: numbers.at(-1) });
}

function interleaved(planes: Uint8Array): Uint8Array {
  const area = side * side;
  return Uint8Array.from(planes, (_, i) => planes[(i % 3) * area + Math.floor(i / 3)]!);
}

function kindOf(where: string, names: readonly string[]): [string, CifarKind] {
  const found = Object.entries(kinds).filter(([, { files }]) => names.some((name) => files.test(name)));
  if (found.length === 1) return found[0]!;
  const requirement = 'must hold the files of one data set';
  throw new SemmaeError({ where, requirement, got: `those of ${found.map(([title]) => title).join(' and ')}` });
}

function isCifarName(name: string): boolean {
  return Object.values(kinds).some(({ files }) => files.test(name));
}

function pythonVersion(path: string): string | undefined {
  const names = filesOf(path).map(({ name }) => name);
  if (names.includes('data_batch_1')) return 'data_batch_1';
  return names.includes('train') && names.includes('meta') && !statSync(join(path, 'train')).isDirectory()
    ? 'train'
    : undefined;
}

/** A file alone, or all of a folder. */
function filesOf(path: string): { path: string; name: string }[] {
  if (!existsSync(path)) return [];
  if (!statSync(path).isDirectory()) return [{ path, name: basename(path) }];
  return readdirSync(path).map((name) => ({ path: join(path, name), name }));
}

/** data_batch_10 after data_batch_9. */
function byNumber(a: string, b: string): number {
  const [first, second] = [a, b].map((name) => Number(/\d+/.exec(name)?.[0] ?? 0)) as [number, number];
  return first - second || (a < b ? -1 : 1);
}
