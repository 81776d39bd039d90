// Files of feature vectors, in the formats that other programs read.

import { readFileSync } from 'node:fs';
import { extname } from 'node:path';

import { npyHeader, type TensorToWrite, writeSafetensors } from '@semmae/checkpoints';
import { assertOneOf, SemmaeError } from '@semmae/core';
import { replaceFile, replaceFileSync } from '@semmae/core/files';

import type { EmbeddedImage, UnfinishedFeatures } from './unfinished-features';

export type FeatureFormat = '.npy' | '.csv' | '.jsonl' | '.safetensors';
export const featureFormats: readonly FeatureFormat[] = ['.npy', '.csv', '.jsonl', '.safetensors'];

/** By the extension. */
export function featureFormat(path: string): FeatureFormat {
  const extension = extname(path).toLowerCase();
  assertOneOf('`out`', `the extension of ${path}`, extension, featureFormats);
  return extension;
}

/** What a file of features is from; lies beside it as `<path>.json`. */
export interface FeatureRecord extends Readonly<Record<string, unknown>> {
  classNames: readonly string[] | undefined;
}

/**
 * Streams all rows into `path`, which appears when it is complete, after its record. Labels become the names of classes where there
 * are names.
 */
export async function writeFeatureFile(
  path: string,
  features: UnfinishedFeatures,
  record: FeatureRecord,
): Promise<void> {
  const [format, { classNames }, { images }] = [featureFormat(path), record, features];
  const rows = format === '.npy' && {
    files: images.map(({ id }) => id),
    labels: images.map(({ label = null }) => label),
  };
  const about = { ...record, count: images.length, width: features.width, ...rows };
  replaceFileSync(recordPath(path), `${JSON.stringify(about)}\n`);
  if (format === '.safetensors') return writeTensors(path, features, classNames);
  const labelOf = ({ label }: EmbeddedImage) => (label === undefined ? undefined : (classNames?.[label] ?? label));
  const pieces = { '.npy': npyPieces, '.csv': csvPieces, '.jsonl': jsonPieces }[format];
  await replaceFile(path, async (file) => {
    for await (const piece of pieces(features, labelOf)) await file.appendFile(piece);
  });
}

export function readFeatureRecord(path: string): object {
  try {
    return JSON.parse(readFileSync(recordPath(path), 'utf8')) as object;
  } catch (cause) {
    throw new SemmaeError({
      where: '`resume`',
      requirement: `${recordPath(path)} must say what ${path} was made with`,
      got: cause,
      remedy: 'choose another `out`, or delete the file',
      cause,
    });
  }
}

function recordPath(path: string): string {
  return `${path}.json`;
}

async function writeTensors(
  path: string,
  features: UnfinishedFeatures,
  classNames: readonly string[] | undefined,
): Promise<void> {
  const { images, width } = features;
  const tensors = new Map<string, TensorToWrite>([
    ['features', { dtype: 'F32', shape: [images.length, width], values: () => bytesOf(features) }],
  ]);
  if (hasLabels(features)) {
    const labels = Int32Array.from(images, ({ label }) => label ?? -1);
    tensors.set('labels', { dtype: 'I32', shape: [images.length], values: () => labels });
  }
  const files = JSON.stringify(images.map(({ id }) => id));
  await writeSafetensors(path, tensors, { metadata: { files, classNames: JSON.stringify(classNames ?? []) } });
}

type LabelOf = (image: EmbeddedImage) => string | number | undefined;

/** float32 [n, D]; names and labels lie beside it. */
async function* npyPieces(features: UnfinishedFeatures): AsyncGenerator<Uint8Array> {
  yield npyHeader([features.images.length, features.width]);
  yield* bytesOf(features);
}

async function* bytesOf(features: UnfinishedFeatures): AsyncGenerator<Uint8Array> {
  for await (const { buffer, byteOffset, byteLength } of features.pieces()) {
    yield new Uint8Array(buffer, byteOffset, byteLength);
  }
}

/** A line an image (RFC 4180): name, label where there are any, values. */
async function* csvPieces(features: UnfinishedFeatures, labelOf: LabelOf): AsyncGenerator<string> {
  const labeled = hasLabels(features);
  const line = (file: string, label: string, values: readonly (string | number)[]) =>
    `${[quoted(file), ...(labeled ? [quoted(label)] : []), ...values].join()}\r\n`;
  yield line(
    'file',
    'label',
    Array.from({ length: features.width }, (_, column) => `f${column}`),
  );
  for await (const [image, values] of rowsOf(features)) yield line(image.id, `${labelOf(image) ?? ''}`, values);
}

/** An object an image. */
async function* jsonPieces(features: UnfinishedFeatures, labelOf: LabelOf): AsyncGenerator<string> {
  for await (const [image, values] of rowsOf(features)) {
    yield `${JSON.stringify({ file: image.id, label: labelOf(image), features: values })}\n`;
  }
}

async function* rowsOf({ images, width, pieces }: UnfinishedFeatures): AsyncGenerator<[EmbeddedImage, number[]]> {
  let index = 0;
  for await (const piece of pieces()) {
    for (let start = 0; start < piece.length; start += width) {
      yield [images[index++]!, Array.from(piece.subarray(start, start + width), shortest)];
    }
  }
}

/** The same float32 in the fewest digits that always suffice for one. */
function shortest(value: number): number {
  return Number(value.toPrecision(9));
}

function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function hasLabels({ images }: UnfinishedFeatures): boolean {
  return images.some(({ label }) => label !== undefined);
}
