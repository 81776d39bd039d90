// Where the pages of a column lie, so that one image can be read without its row group.

import type { ByteSource } from '@semmae/checkpoints';
import { type PageHeader, readOffsetIndex } from 'hyparquet';
import { parquetHeader } from 'hyparquet/src/column.js';

import type { ParquetFile } from './parquet-file';

/** Bytes of a column that are decoded at once, and the first row of its group that they hold. */
export interface ColumnPart {
  start: number;
  length: number;
  firstRow: number;
}

export interface ColumnParts {
  /** In the order of their rows. */
  parts: readonly ColumnPart[];
  /** The page of values that parts refer to. */
  dictionary?: { start: number; length: number };
}

export type ColumnChunk = ParquetFile['metadata']['row_groups'][number]['columns'][number];

/** A page's header holds the smallest and largest value; writers shorten these to a few thousand bytes. */
const headerBytes = 2 ** 13;
const longestHeader = 2 ** 22;

/**
 * The pages of a column chunk: from its offset index, or else by walking from header to header. A chunk of at most `atOnce` bytes
 * is one part.
 */
export async function columnParts(source: ByteSource, chunk: ColumnChunk, atOnce: number): Promise<ColumnParts> {
  const { start, length } = chunkRange(chunk);
  if (length <= atOnce) return { parts: [{ start, length, firstRow: 0 }] };
  if (chunk.offset_index_offset && chunk.offset_index_length) return indexedPages(source, chunk, start);
  return walkedPages(source, start, start + length);
}

export function chunkRange({ meta_data: column }: ColumnChunk): { start: number; length: number } {
  const { dictionary_page_offset: dictionary, data_page_offset: data, total_compressed_size: length } = column!;
  // Some writers leave the offset of the dictionary 0.
  return { start: Number(dictionary && dictionary < data ? dictionary : data), length: Number(length) };
}

async function indexedPages(source: ByteSource, chunk: ColumnChunk, start: number): Promise<ColumnParts> {
  const index = await source.bytes(Number(chunk.offset_index_offset), chunk.offset_index_length!);
  const parts = readOffsetIndex({ view: new DataView(index), offset: 0 }).page_locations.map((page) => ({
    start: Number(page.offset),
    length: page.compressed_page_size,
    firstRow: Number(page.first_row_index),
  }));
  const before = (parts[0]?.start ?? start) - start;
  return { parts, ...(before > 0 && { dictionary: { start, length: before } }) };
}

async function walkedPages(source: ByteSource, start: number, end: number): Promise<ColumnParts> {
  const parts: ColumnPart[] = [];
  let dictionary: ColumnParts['dictionary'];
  for (let at = start, firstRow = 0; at < end; ) {
    const { header, length: headerLength } = await readHeader(source, at, end);
    const length = headerLength + header.compressed_page_size;
    if (at + length > end) throw new Error('a page that is longer than its column');
    const rows = header.data_page_header?.num_values ?? header.data_page_header_v2?.num_rows;
    if (header.type === 'DICTIONARY_PAGE') dictionary = { start: at, length };
    else if (rows !== undefined) parts.push({ start: at, length, firstRow });
    firstRow += rows ?? 0;
    at += length;
  }
  return { parts, ...(dictionary && { dictionary }) };
}

async function readHeader(
  source: ByteSource,
  at: number,
  end: number,
): Promise<{ header: PageHeader; length: number }> {
  for (let bytes = headerBytes; ; bytes *= 8) {
    const view = new DataView(await source.bytes(at, Math.min(bytes, end - at)));
    const reader = { view, offset: 0 };
    try {
      return { header: parquetHeader(reader), length: reader.offset };
    } catch (error) {
      if (view.byteLength === end - at || bytes >= longestHeader) throw error; // there is no more to it
    }
  }
}
