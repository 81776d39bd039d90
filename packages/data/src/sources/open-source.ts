// Recognizes what a path is, and opens it as images.

import { type ImageSize, SemmaeError } from '@semmae/core';

import { builtInSource, isBuiltIn } from '../part-images/built-in-source';
import { namesList } from './files/names-list';
import { type OpenFolderSourceOptions, openFolderSource } from './files/open-folder-source';
import { type OpenListSourceOptions, openListSource } from './files/open-list-source';
import type { ImageSource } from './image-source';
import { isCifar, openCifarSource } from './open-cifar-source';
import { isIdx, openIdxSource } from './open-idx-source';
import { isParquet, openParquetSource } from './parquet/open-parquet-source';
import { namesShards } from './tar/names-shards';
import { type OpenTarSourceOptions, openTarSource } from './tar/open-tar-source';

export interface OpenSourceOptions extends OpenFolderSourceOptions, OpenListSourceOptions, OpenTarSourceOptions {
  /** Which of several splits, such as test. Default: train where there are several. */
  split?: string | undefined;
  /** Which of several labels: a column of a table, or fine or coarse of CIFAR-100. */
  label?: string | undefined;
  /** Size at which the built-in data set is drawn; files keep theirs. Default 64 x 64. */
  imageSize?: ImageSize | undefined;
  /** Told in one line what was chosen that was not asked for. */
  onWarning?: ((message: string) => void) | undefined;
}

/** What one may ask of some kinds of sources and not of others. */
const wishes = [
  ...(['masks', 'partNames', 'labelFile', 'layout', 'root', 'split', 'label'] as const),
  ...(['fields', 'classNames', 'ids', 'missingShards'] as const),
];
type Wish = (typeof wishes)[number];

interface SourceKind {
  /** For messages. */
  name: string;
  wishes: readonly Wish[];
  recognizes(path: string): boolean | Promise<boolean>;
  open(path: string, options: OpenSourceOptions): ImageSource | Promise<ImageSource>;
}

/** The first one that recognizes the path opens it. */
const kinds: readonly SourceKind[] = [
  {
    ...{ name: 'the built-in data set', wishes: [], recognizes: isBuiltIn },
    open: (name, { imageSize }) => builtInSource(name, imageSize),
  },
  {
    ...{ name: 'WebDataset', wishes: ['split', 'fields', 'classNames', 'partNames', 'ids', 'missingShards'] },
    ...{ recognizes: namesShards, open: openTarSource },
  },
  {
    ...{ name: 'Parquet', wishes: ['split', 'label'], recognizes: isParquet },
    open: (path, { signal, ...options }) => openParquetSource(path, { ...options, hub: { signal } }),
  },
  { name: 'CIFAR', wishes: ['split', 'label'], recognizes: isCifar, open: openCifarSource },
  { name: 'idx', wishes: ['split'], recognizes: isIdx, open: openIdxSource },
  {
    ...{ name: 'a list of images', wishes: ['masks', 'partNames', 'root'] },
    ...{ recognizes: namesList, open: openListSource },
  },
];

/** What nothing else is. */
const folder: Omit<SourceKind, 'recognizes'> = {
  ...{ name: 'a folder of images', wishes: ['masks', 'partNames', 'labelFile', 'layout'] },
  open: openFolderSource,
};

/**
 * Opens a folder of images, a list of them, WebDataset shards, Parquet files or a folder of them, `hf:owner/name`, the binaries of CIFAR, idx files such as MNIST's, or
 * `built-in[:count]`, by what the path is.
 *
 * Throws the errors of each kind's own opener, and a SemmaeError for an option that this kind has no use for.
 */
export async function openSource(path: string, options: OpenSourceOptions = {}): Promise<ImageSource> {
  const kind = await kindOf(path);
  const useless = wishes.find((wish) => options[wish] !== undefined && !kind.wishes.includes(wish));
  if (useless === undefined) return kind.open(path, options);
  const has = kind.wishes.length > 0 ? `only ${kind.wishes.join(', ')}` : 'none of these options';
  throw new SemmaeError({
    where: path,
    requirement: `${kind.name} takes ${has}`,
    got: `${useless} ${options[useless]}`,
    remedy: 'leave it out',
  });
}

/** What `openSource` takes a path for: `a folder of images`, `Parquet`. */
export async function sourceKind(path: string): Promise<string> {
  return (await kindOf(path)).name;
}

async function kindOf(path: string): Promise<Omit<SourceKind, 'recognizes'>> {
  for (const kind of kinds) if (await kind.recognizes(path)) return kind;
  return folder;
}
