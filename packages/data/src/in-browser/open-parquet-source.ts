// Parquet files that a page has: chosen ones, and addresses that answer range requests.

import { blobSource, urlSource } from '@semmae/checkpoints/browser';

import type { ImageSource } from '../sources/image-source';
import {
  distinctTables,
  type ParquetSourceOptions,
  parquetSource,
  readAtOnce,
} from '../sources/parquet/parquet-source';

/** As `openParquetSource` in Node, of files or addresses, in their order. Rows are named by the name of their file and their number. */
export async function openParquetSource(
  from: readonly (File | string | URL)[],
  options: ParquetSourceOptions = {},
): Promise<ImageSource> {
  const tables = await Promise.all(
    from.map(async (table) => {
      const [path = ''] = table instanceof File ? [table.name] : String(table).split(/[?#]/, 1);
      const name = path.split('/').at(-1)!;
      const bytes = table instanceof File ? blobSource(table) : await urlSource(table);
      return { id: name.replace(/\.parquet$/i, ''), bytes };
    }),
  );
  return parquetSource(distinctTables(tables), options, { atOnce: readAtOnce.network });
}
