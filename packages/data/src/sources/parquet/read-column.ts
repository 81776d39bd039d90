// Values of one column of a Parquet file.

import { SemmaeError } from '@semmae/core';
import type { SchemaTree } from 'hyparquet';
import { readColumn as decodeColumn } from 'hyparquet/src/column.js';
import { DEFAULT_PARSERS } from 'hyparquet/src/convert.js';
import { getTreePath } from 'hyparquet/src/schema.js';
import { compressors } from 'hyparquet-compressors';

import { Undecodable } from '../../pixels/undecodable';
import { type ColumnChunk, type ColumnPart, type ColumnParts, chunkRange } from './column-parts';
import type { ParquetFile } from './parquet-file';

/** A text, a number, the bytes of an image; undefined where the table has nothing. */
export type ColumnValue = string | number | bigint | boolean | Uint8Array | undefined;

/** The chunk of a column, such as ['image', 'bytes'], in a row group. Throws a SemmaeError where the file has no such column. */
export function columnChunk({ name, metadata }: ParquetFile, group: number, path: readonly string[]): ColumnChunk {
  const key = path.join('.');
  const chunk = metadata.row_groups[group]!.columns.find(
    ({ meta_data }) => meta_data?.path_in_schema.join('.') === key,
  );
  if (chunk?.meta_data !== undefined && chunk.file_path === undefined) return chunk;
  const got = chunk === undefined ? 'none' : 'one that is encrypted or in another file';
  throw new SemmaeError({ where: name, requirement: `must have a column ${key} in every row group`, got });
}

/** All values of a row group. Throws a SemmaeError where they do not decode. */
export async function readGroup(file: ParquetFile, group: number, path: readonly string[]): Promise<ColumnValue[]> {
  const chunk = columnChunk(file, group, path);
  const rows = file.groupStarts[group + 1]! - file.groupStarts[group]!;
  try {
    return await readPart(file, chunk, { part: { ...chunkRange(chunk), firstRow: 0 }, rows });
  } catch (cause) {
    if (!(cause instanceof Undecodable)) throw cause;
    const requirement = `column ${path.join('.')} must be readable`;
    throw new SemmaeError({
      where: file.name,
      requirement,
      got: cause,
      remedy: 'download or copy the file anew',
      cause,
    });
  }
}

export interface PartToRead {
  part: ColumnPart;
  dictionary?: ColumnParts['dictionary'];
  /** Of the part. */
  rows: number;
}

/** The values of one part of a column chunk, one a row. Throws Undecodable where the bytes are damaged. */
export async function readPart(
  file: ParquetFile,
  chunk: ColumnChunk,
  { part, dictionary, rows }: PartToRead,
): Promise<ColumnValue[]> {
  const { source, schema } = file;
  const column = chunk.meta_data!;
  const [before, own] = await Promise.all([
    dictionary === undefined ? new ArrayBuffer(0) : source.bytes(dictionary.start, dictionary.length),
    source.bytes(part.start, part.length),
  ]);
  const view = new DataView(before.byteLength === 0 ? own : joined(before, own));
  try {
    const schemaPath: SchemaTree[] = getTreePath(schema, column.path_in_schema);
    const decoder = {
      ...column,
      ...{ pathInSchema: column.path_in_schema, element: schemaPath.at(-1)!.element, schemaPath, compressors },
      ...{ parsers: DEFAULT_PARSERS, utf8: false },
    };
    const select = { groupStart: 0, selectStart: 0, selectEnd: rows, groupRows: rows };
    const { data } = decodeColumn({ view, offset: 0 }, select, decoder);
    const values = data.flatMap((values) => Array.from(values as ArrayLike<unknown>, innermost));
    if (values.length !== rows) throw new Error(`${values.length} values for ${rows} rows`);
    return values;
  } catch (cause) {
    throw new Undecodable('in damaged pages', String((cause as Error).message), cause);
  }
}

function joined(first: ArrayBuffer, second: ArrayBuffer): ArrayBuffer {
  const both = new Uint8Array(first.byteLength + second.byteLength);
  both.set(new Uint8Array(first));
  both.set(new Uint8Array(second), first.byteLength);
  return both.buffer;
}

/** Optional structs arrive as lists of at most one value each. */
function innermost(value: unknown): ColumnValue {
  if (Array.isArray(value)) return innermost(value[0]);
  return (value ?? undefined) as ColumnValue;
}
