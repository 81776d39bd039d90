// One Parquet file by ranges: its columns, where its row groups begin, and what it says about its features.

import type { ByteSource } from '@semmae/checkpoints';
import { SemmaeError } from '@semmae/core';
import { type FileMetaData, parquetMetadataAsync, parquetSchema, type SchemaTree } from 'hyparquet';

export interface ParquetFile {
  /** For messages: a path or an address. */
  readonly name: string;
  readonly source: ByteSource;
  readonly metadata: FileMetaData;
  readonly schema: SchemaTree;
  /** What `datasets` wrote about the columns, by column name; empty where another program wrote the file. */
  readonly features: Readonly<Record<string, ParquetFeature>>;
  /** Row at which each group starts, and the row count at the end. */
  readonly groupStarts: readonly number[];
}

/** One of `datasets.Features`, as far as images need it. */
export interface ParquetFeature {
  _type?: string;
  names?: unknown;
}

/** Most footers of images are smaller. */
const firstFooterBytes = 2 ** 16;

/** Reads the footer of a Parquet file. Throws a SemmaeError for what is none, or a damaged one. */
export async function openParquetFile(source: ByteSource): Promise<ParquetFile> {
  const { name } = source;
  const metadata = await readMetadata(source);
  const groupStarts = [0];
  for (const { num_rows: rows } of metadata.row_groups) groupStarts.push(groupStarts.at(-1)! + Number(rows));
  const [schema, features] = [parquetSchema(metadata), featuresOf(metadata)];
  return { name, source, metadata, schema, features, groupStarts };
}

async function readMetadata(source: ByteSource): Promise<FileMetaData> {
  const { name, size } = source;
  const file = { byteLength: size, slice: (start: number, end = size) => source.bytes(start, end - start) };
  try {
    if (size < 12) throw new Error(`${size} bytes`); // the signature twice and a length
    return await parquetMetadataAsync(file, { initialFetchSize: firstFooterBytes, geoparquet: false });
  } catch (cause) {
    if (SemmaeError.isInstance(cause)) throw cause;
    const remedy = 'download or copy it anew';
    throw new SemmaeError({ where: name, requirement: 'must be a whole Parquet file', got: cause, remedy, cause });
  }
}

function featuresOf({ key_value_metadata: pairs = [] }: FileMetaData): Record<string, ParquetFeature> {
  const text = pairs.find(({ key }) => key === 'huggingface')?.value;
  if (text === undefined) return {};
  try {
    const features = (JSON.parse(text) as { info?: { features?: unknown } }).info?.features;
    return typeof features === 'object' && features !== null ? (features as Record<string, ParquetFeature>) : {};
  } catch {
    return {}; // the columns themselves say enough
  }
}
