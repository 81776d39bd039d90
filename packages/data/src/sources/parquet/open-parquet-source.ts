// Parquet files on disk, at an address or on the Hugging Face Hub.

import { existsSync } from 'node:fs';
import { opendir, readdir, stat } from 'node:fs/promises';
import { basename, join, relative, sep } from 'node:path';

import { urlSource } from '@semmae/checkpoints';
import { type HubDatasetOptions, isHubAddress, openHubDataset } from '@semmae/checkpoints/hub';
import { SemmaeError } from '@semmae/core';
import picomatch from 'picomatch';

import { forEachConcurrently } from '../../for-each-concurrently';
import { chooseSplit } from '../choose-split';
import { fileBytes } from '../file-bytes';
import { byCodePoint } from '../files/file-names';
import type { ImageSource } from '../image-source';
import { type LeftOut, leftOut as noneLeftOut } from '../left-out';
import {
  distinctTables,
  type ParquetSourceOptions,
  type ParquetTable,
  parquetSource,
  readAtOnce,
} from './parquet-source';

export interface OpenParquetSourceOptions extends ParquetSourceOptions {
  /** Of the splits that the names of files tell, such as test. Default: train where there are several. */
  split?: string | undefined;
  /** How the hub is reached. */
  hub?: HubDatasetOptions | undefined;
  /** Told in one line what was chosen that was not asked for. */
  onWarning?: ((message: string) => void) | undefined;
}

/** Where the hub keeps what it has converted from other formats. */
const converted = 'refs/convert/parquet';

/** Files of the hub that are asked for at a time. */
const connections = 8;

/**
 * Opens `from` as images: Parquet files by path or pattern (`data/test-*.parquet`), a folder of them, addresses (https://…), or a data set on the hub,
 * `hf:owner/name[@revision][:split or pattern of files]`, of which nothing is downloaded that is not read. Where the hub's own files
 * are of another format, its conversion to Parquet is taken.
 *
 * Throws a SemmaeError where there is no Parquet file, one is damaged, or columns or splits must be chosen.
 */
export async function openParquetSource(
  from: string | readonly string[],
  { split, hub, onWarning, ...options }: OpenParquetSourceOptions = {},
): Promise<ImageSource> {
  const leftOut = noneLeftOut();
  const opened = typeof from === 'string' ? [from] : from;
  const name = options.name ?? opened[0];
  if (typeof from === 'string' && isHubAddress(from)) {
    const tables = await hubTables(from, { split, hub, onWarning, leftOut });
    return parquetSource(tables, { ...options, name }, { atOnce: readAtOnce.network, leftOut });
  }
  if (opened.some(isAddress)) {
    const tables = await Promise.all(
      opened.map(async (url) => ({ id: idOf(new URL(url).pathname), bytes: await urlSource(url) })),
    );
    return parquetSource(distinctTables(tables), { ...options, name }, { atOnce: readAtOnce.network, leftOut });
  }
  const paths = (await Promise.all(opened.map(parquetPaths))).flat();
  const chosen = chooseSplit(
    name ?? 'openParquetSource',
    paths.map(({ below }) => below),
    { split, leftOut },
  );
  const wanted = new Set(chosen);
  const tables = paths
    .filter(({ below }) => wanted.has(below))
    .map(({ path, below }) => ({ id: below.replace(/\.parquet$/i, ''), bytes: fileBytes(path) }));
  return parquetSource(distinctTables(tables), { ...options, name }, { leftOut });
}

/** Folders of images are not searched: a few entries tell what a folder has. */
const entriesLookedAt = 50;

/** Whether the text is `hf:…`, the address or the path of a Parquet file, or a folder that has some, at most two folders down. */
export async function isParquet(path: string): Promise<boolean> {
  if (isHubAddress(path)) return true;
  if (isTable(isAddress(path) ? new URL(path).pathname : path)) return true;
  return holdsTables(path, 2);
}

async function holdsTables(folder: string, depth: number): Promise<boolean> {
  const entries = await opendir(folder).catch(() => undefined);
  if (entries === undefined) return false;
  const folders: string[] = [];
  let seen = 0;
  for await (const entry of entries) {
    if (!entry.isDirectory() && isTable(entry.name) && entry.name !== 'metadata.parquet') return true; // that is beside images
    if (entry.isDirectory() && !entry.name.startsWith('.')) folders.push(join(folder, entry.name));
    if (++seen === entriesLookedAt) break;
  }
  for (const each of depth > 0 ? folders : []) if (await holdsTables(each, depth - 1)) return true;
  return false;
}

function isAddress(text: string): boolean {
  return /^https?:\/\//.test(text);
}

async function parquetPaths(text: string): Promise<{ path: string; below: string }[]> {
  const { base, glob } = existsSync(text) ? { base: text, glob: '' } : picomatch.scan(text);
  const root = base || '.';
  const found = await stat(root).catch((cause: unknown) => {
    throw new SemmaeError({
      where: root,
      requirement: 'must be a Parquet file or a folder of them',
      got: cause,
      cause,
    });
  });
  if (!found.isDirectory()) return [{ path: root, below: basename(root) }];
  const matches = picomatch(glob || '**');
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => !entry.isDirectory() && isTable(entry.name))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter((below) => matches(below))
    .sort(byCodePoint);
  if (paths.length > 0) return paths.map((below) => ({ path: join(root, below), below }));
  throw new SemmaeError({
    where: text,
    requirement: 'must name .parquet files',
    got: `none of ${entries.length} entries`,
  });
}

interface HubTablesOptions extends Pick<OpenParquetSourceOptions, 'split' | 'hub' | 'onWarning'> {
  leftOut: LeftOut;
}

async function hubTables(text: string, { split, hub, onWarning, leftOut }: HubTablesOptions): Promise<ParquetTable[]> {
  let dataset = await openHubDataset(text, hub);
  const { repository, revision, file } = dataset.address;
  if (!dataset.paths.some(isTable) && !text.includes('@')) {
    const address = `hf:${repository}@${converted}${file === undefined ? '' : `:${file}`}`;
    const others = dataset.paths;
    dataset = await openHubDataset(address, hub).catch((cause: unknown) => {
      const got = others.length > 0 ? others : 'no files';
      const remedy = 'download its files, and name their folder';
      throw new SemmaeError({
        where: text,
        requirement: 'must have Parquet files, its own or converted',
        got,
        remedy,
        cause,
      });
    });
    onWarning?.(`${text} has no Parquet files of its own; reading ${converted}`);
  }
  const all = dataset.paths.filter(isTable).sort(byCodePoint);
  if (all.length === 0) {
    const got = dataset.paths.length > 0 ? dataset.paths : 'no files';
    throw new SemmaeError({ where: text, requirement: `must have Parquet files at ${revision}`, got });
  }
  const isPattern = file !== undefined && /[/*?{[]|\.parquet$/.test(file);
  const matches = isPattern ? picomatch(file) : () => true;
  const matching = all.filter((path) => matches(path));
  if (matching.length === 0)
    throw new SemmaeError({ where: text, requirement: `${file} must match Parquet files`, got: all });
  const chosen = chooseSplit(text, matching, { split: isPattern ? split : (file ?? split), leftOut });
  assertOneConfiguration(text, chosen);
  const tables: ParquetTable[] = new Array(chosen.length);
  await forEachConcurrently(chosen.length, connections, async (place) => {
    const path = chosen[place]!;
    tables[place] = { id: path.replace(/\.parquet$/i, ''), bytes: await dataset.open(path) };
  });
  return tables;
}

/** Sub-sets of a data set lie in folders of their own, and each holds all of its splits. */
function assertOneConfiguration(where: string, paths: readonly string[]): void {
  const folders = [...new Set(paths.map((path) => (path.includes('/') ? path.split('/', 1)[0]! : '.')))];
  if (folders.length <= 1) return;
  const remedy = `choose one, such as :${folders[0]}/**`;
  throw new SemmaeError({ where, requirement: 'files must be of one configuration', got: folders, remedy });
}

function idOf(path: string): string {
  return basename(path).replace(/\.parquet$/i, '');
}

function isTable(path: string): boolean {
  return /\.parquet$/i.test(path);
}
