// MNIST and its kin in idx files.

import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { type ByteSource, bufferSource } from '@semmae/checkpoints';
import { SemmaeError } from '@semmae/core';

import { assertIndex } from '../assert-index';
import { chooseSplit } from './choose-split';
import { classNumbers } from './class-numbers';
import { fileBytes } from './file-bytes';
import type { ImageSource } from './image-source';
import { leftOut as noneLeftOut } from './left-out';

export interface OpenIdxSourceOptions {
  /** Default: 'train' where there are several. */
  split?: string | undefined;
}

/** train-images-idx3-ubyte, emnist-letters-test-images-idx3-ubyte.gz, train-images.idx3-ubyte */
const imageFile = /images[-.]idx[34]-ubyte(\.gz)?$/;

/** Whether the path is a file of images in idx by its name, or a folder that has some. */
export function isIdx(path: string): boolean {
  return imageFilesOf(path).length > 0;
}

/**
 * Opens a file of images, `…-images-idx3-ubyte` or `.gz`, or a folder with some, and the labels that lie beside them. Images are gray
 * [H, W, 1], or [H, W, C] in files of four dimensions. Files that are not compressed are read by ranges.
 *
 * Throws a SemmaeError for another format, for sizes that do not agree, and for truncated files.
 *
 * Reference: "The IDX file format", http://yann.lecun.com/exdb/mnist/
 */
export async function openIdxSource(path: string, { split }: OpenIdxSourceOptions = {}): Promise<ImageSource> {
  const paths = imageFilesOf(path);
  if (paths.length === 0) {
    const requirement = 'must be a file …-images-idx3-ubyte, or a folder with one';
    throw new SemmaeError({ where: path, requirement, got: existsSync(path) ? 'none' : 'nothing' });
  }
  const leftOut = noneLeftOut();
  const chosen = chooseSplit(
    path,
    paths.map((file) => basename(file)),
    { split, leftOut },
  );
  if (chosen.length > 1) {
    throw new SemmaeError({
      where: path,
      requirement: 'must hold one file of images',
      got: chosen,
      remedy: 'name one of them',
    });
  }
  const file = paths.find((candidate) => basename(candidate) === chosen[0])!;
  const { source, sizes } = await openIdx(file, [3, 4]);
  const [length, height, width, channels = 1] = sizes as [number, number, number, number?];
  const labels = await labelsBeside(file, length);
  const imageBytes = height * width * channels;
  const start = source.size - length * imageBytes;
  const stem = basename(file).replace(/[-.]?images[-.]idx\d-ubyte(\.gz)?$/, '') || 'images';
  return {
    name: path,
    length,
    classNames: labels && classNumbers(labels),
    leftOut,
    idAt(index) {
      assertIndex(path, index, length);
      return `${stem}/${index}`;
    },
    ...(labels && {
      labelAt(index: number) {
        assertIndex(path, index, length);
        return labels[index]!;
      },
    }),
    async read(index) {
      assertIndex(path, index, length);
      const pixels = new Uint8Array(await source.bytes(start + index * imageBytes, imageBytes));
      const image = { height, width, channels, pixels };
      return { image, ...(labels && { label: labels[index]! }), names: { image: `image ${index} of ${file}` } };
    },
  };
}

async function labelsBeside(images: string, count: number): Promise<Uint8Array | undefined> {
  const name = basename(images).replace(/images([-.])idx\d/, 'labels$1idx1');
  const candidates = [name, name.endsWith('.gz') ? name.slice(0, -3) : `${name}.gz`].map((each) =>
    join(dirname(images), each),
  );
  const path = candidates.find((each) => existsSync(each));
  if (path === undefined) return undefined;
  const { source, sizes } = await openIdx(path, [1]);
  if (sizes[0] === count) return new Uint8Array(await source.bytes(source.size - count, count));
  throw new SemmaeError({ where: path, requirement: `must hold ${count} labels, as many as images`, got: sizes[0] });
}

/** Bytes of a header of at most four dimensions. */
const longestHeader = 20;

/** Two zeros, the type of the values (8 is unsigned bytes) and the number of dimensions; then each size in four bytes, largest first. */
async function openIdx(path: string, dimensions: readonly number[]): Promise<{ source: ByteSource; sizes: number[] }> {
  const source = path.endsWith('.gz') ? bufferSource(unzipped(path), path) : fileBytes(path);
  const view = new DataView(await source.bytes(0, Math.min(longestHeader, source.size)));
  const magic = view.byteLength < 4 ? undefined : view.getUint32(0);
  const isKnown = magic !== undefined && magic >>> 8 === 8 && dimensions.includes(magic & 0xff);
  const rank = isKnown ? magic & 0xff : 0;
  const header = 4 + 4 * rank;
  const sizes =
    isKnown && view.byteLength >= header ? Array.from({ length: rank }, (_, axis) => view.getUint32(4 + 4 * axis)) : [];
  const bytes = header + sizes.reduce((product, size) => product * size, 1);
  if (sizes.length > 0 && sizes.every((size) => size > 0) && bytes === source.size) return { source, sizes };
  const magics = dimensions.map((count) => `0x0000080${count}`).join(' or ');
  const isMagic = !isKnown;
  throw new SemmaeError({
    where: path,
    requirement: isMagic
      ? `must begin with ${magics}, as idx files of bytes in ${dimensions.join(' or ')} dimensions do`
      : `must have ${bytes} bytes, for ${sizes.join(' x ') || 'its'} values`,
    got: isMagic ? describeMagic(magic) : `${source.size} bytes`,
    remedy: 'download it anew',
  });
}

function describeMagic(magic: number | undefined): string {
  if (magic === undefined) return 'an empty file';
  if (magic >>> 16 === 0x1f8b) return 'a gzip file without .gz in its name';
  return `0x${magic.toString(16).padStart(8, '0')}`;
}

function unzipped(path: string): Uint8Array {
  try {
    return gunzipSync(readFileSync(path));
  } catch (cause) {
    throw new SemmaeError({
      where: path,
      requirement: 'must be a whole gzip file',
      got: cause,
      remedy: 'download it anew',
      cause,
    });
  }
}

/** The file itself, or those of a folder, the compressed one only where it is alone. */
function imageFilesOf(path: string): string[] {
  if (!existsSync(path)) return [];
  if (!statSync(path).isDirectory()) return imageFile.test(basename(path)) ? [path] : [];
  const names = readdirSync(path).filter((name) => imageFile.test(name) && !statSync(join(path, name)).isDirectory());
  return names
    .filter((name) => !names.includes(name.replace(/\.gz$/, '')) || !name.endsWith('.gz'))
    .map((name) => join(path, name));
}
