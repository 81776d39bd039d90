// Images in the rows of Parquet files.

import type { ByteSource } from '@semmae/checkpoints';
import { firstDifference, SemmaeError } from '@semmae/core';

import { assertIndex } from '../../assert-index';
import { forEachConcurrently } from '../../for-each-concurrently';
import { lastAtMost } from '../../last-at-most';
import { Undecodable } from '../../pixels/undecodable';
import type { ImageSource } from '../image-source';
import type { LeftOut } from '../left-out';
import { chooseColumns, type ParquetColumnOptions, type ParquetColumns } from './choose-columns';
import { type ColumnChunk, type ColumnParts, columnParts } from './column-parts';
import { openParquetFile, type ParquetFile } from './parquet-file';
import { partCache } from './part-cache';
import { type ColumnValue, columnChunk, readGroup, readPart } from './read-column';
import { rowIds } from './row-ids';
import { rowLabels } from './row-labels';

export interface ParquetSourceOptions extends ParquetColumnOptions {
  /** Default: the name of the first file. */
  name?: string | undefined;
  /** Memory for what was read beside an image and may be asked for next. Default 64 MiB. */
  cacheBytes?: number | undefined;
  /** Files and row groups that were looked at, of all. */
  onProgress?: ((progress: { done: number; total: number }) => void) | undefined;
}

export interface ParquetTable {
  /** Begins the ids of its rows: `train-00000-of-00002` gives `train-00000-of-00002/17`. Unique. */
  id: string;
  bytes: ByteSource;
}

/** Tables of the same name, from folders that were named one by one, are numbered. */
export function distinctTables(tables: readonly ParquetTable[]): ParquetTable[] {
  const isUnique = new Set(tables.map(({ id }) => id)).size === tables.length;
  return isUnique ? [...tables] : tables.map(({ id, bytes }, place) => ({ id: `${place}/${id}`, bytes }));
}

/** Where a column's pages are known only by walking through it, reading a column of up to this size at once is faster: on disk, over a network. */
export const readAtOnce = { file: 2 ** 20, network: 2 ** 24 };

const concurrency = 16;

/**
 * The rows of `tables`, in their order. Images are read by their pages and labels without images, so that memory stays small however
 * large the row groups are. Each row group counts as a shard.
 *
 * Throws a SemmaeError where a table is damaged, or tables differ in what the columns mean.
 */
export async function parquetSource(
  tables: readonly ParquetTable[],
  {
    name = tables[0]?.bytes.name ?? 'parquet',
    cacheBytes = 2 ** 26,
    onProgress,
    ...options
  }: ParquetSourceOptions = {},
  { atOnce = readAtOnce.file, leftOut }: { atOnce?: number; leftOut?: LeftOut } = {},
): Promise<ImageSource> {
  const files: ParquetFile[] = new Array(tables.length);
  await forEachConcurrently(tables.length, concurrency, async (index) => {
    files[index] = await openParquetFile(tables[index]!.bytes);
  });
  const first = files[0];
  if (first === undefined) throw new SemmaeError({ where: name, requirement: 'must have a Parquet file', got: 'none' });
  const columns = chooseColumns(first, options);
  for (const file of files.slice(1)) assertAlike(first, columns, file);
  const groups = files.flatMap((file, table) =>
    file.metadata.row_groups.flatMap(({ num_rows: rows }, group) =>
      rows > 0 ? [{ file, table, group, firstRow: file.groupStarts[group]! }] : [],
    ),
  );
  const starts: number[] = [];
  let length = 0;
  for (const { file, group, firstRow } of groups) {
    starts.push(length);
    length += file.groupStarts[group + 1]! - firstRow;
  }
  const wanted = [columns.label, columns.id].filter((path) => path !== undefined).length * groups.length;
  let done = 0;
  const readAll = async (path: readonly string[] | undefined) => {
    if (path === undefined) return undefined;
    const values: ColumnValue[] = new Array(length);
    await forEachConcurrently(groups.length, concurrency, async (index) => {
      const { file, group } = groups[index]!;
      const found = await readGroup(file, group, path);
      found.forEach((value, row) => {
        values[starts[index]! + row] = value;
      });
      onProgress?.({ done: ++done, total: wanted });
    });
    return values;
  };
  const labelValues = await readAll(columns.label);
  const labels = labelValues && rowLabels(name, labelValues, columns.classNames);
  const idValues = await readAll(columns.id);
  const ids = idValues && rowIds(name, idValues, columns.id!);
  const cache = partCache(cacheBytes);
  const places = new Map<string, Promise<ColumnParts>>();

  function placeOf(index: number) {
    assertIndex(name, index, length);
    const at = lastAtMost(starts, index);
    return { ...groups[at]!, rowInGroup: index - starts[at]! };
  }

  async function bytesAt(index: number, path: readonly string[]): Promise<Uint8Array | undefined> {
    const { file, table, group, rowInGroup } = placeOf(index);
    const chunk = columnChunk(file, group, path);
    const key = `${table} ${group} ${path.join('.')}`;
    const { parts, dictionary } = await partsOf(key, file, chunk);
    const at = parts.findLastIndex(({ firstRow }) => firstRow <= rowInGroup);
    const part = parts[at]!;
    const end = parts[at + 1]?.firstRow ?? file.groupStarts[group + 1]! - file.groupStarts[group]!;
    const read = () => readPart(file, chunk, { part, dictionary, rows: end - part.firstRow });
    const values = await cache.fetch(`${key} ${at}`, part.length, read);
    const value = values[rowInGroup - part.firstRow];
    // A view would keep its page in memory, and would take it along to a worker.
    return value instanceof Uint8Array ? value.slice() : undefined;
  }

  function partsOf(key: string, { source }: ParquetFile, chunk: ColumnChunk): Promise<ColumnParts> {
    const known = places.get(key) ?? columnParts(source, chunk, atOnce);
    places.set(key, known);
    known.catch(() => places.delete(key));
    return known;
  }

  function idAt(index: number): string {
    const { table, firstRow, rowInGroup } = placeOf(index);
    return ids?.[index] ?? `${tables[table]!.id}/${firstRow + rowInGroup}`;
  }

  return {
    name,
    length,
    classNames: labels?.classNames,
    shardStarts: starts,
    leftOut,
    idAt,
    ...(labels && {
      labelAt: (index: number) => {
        assertIndex(name, index, length);
        return labels.at(index);
      },
    }),
    async read(index) {
      const { file, firstRow, rowInGroup } = placeOf(index);
      const row = `row ${firstRow + rowInGroup} of ${file.name}`;
      const [image, mask] = await Promise.all([
        bytesAt(index, columns.image),
        columns.mask && bytesAt(index, columns.mask),
      ]);
      if (image === undefined) throw new Undecodable('without image bytes', `${row} has no bytes of an image`);
      const label = labels?.at(index);
      return {
        image,
        ...(mask && { mask }),
        ...(label !== undefined && { label }),
        names: { image: row, ...(mask && { mask: `${columns.mask![0]} of ${row}` }) },
      };
    },
    close() {
      for (const { source } of files) source.close();
    },
  };
}

/** Further tables must have the columns of the first one, and the same classes in the same order. */
function assertAlike(
  first: ParquetFile,
  { image, label, mask, id, classNames }: ParquetColumns,
  file: ParquetFile,
): void {
  const options = { image: image[0], label: label?.[0] ?? false, mask: mask?.[0] ?? false, id: id?.join('.') } as const;
  const { classNames: others } = chooseColumns(file, options);
  const difference = firstDifference({ classNames }, { classNames: others });
  if (difference === undefined) return;
  throw new SemmaeError({
    where: file.name,
    requirement: `must have the classes of ${first.name}`,
    got: `${difference.path} ${difference.now ?? 'left out'} in place of ${difference.before ?? 'nothing'}`,
    remedy: 'open them as two data sets',
  });
}
