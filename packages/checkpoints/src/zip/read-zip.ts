// Random access to the records of a zip archive, of which only the directory at its end is read.

import type { ByteSource } from '../sources/byte-source';
import { mostExpansion } from '../tensors/strided-tensor';
import { damaged } from './damaged';
import { inflateRange } from './inflate-range';
import { readDirectory, type ZipEntry } from './read-directory';

export interface ZipRecord {
  /** Bytes of what was packed. */
  readonly size: number;
  /** Any range of it, which must lie within. A deflated record is inflated from its beginning to the end of the range. */
  bytes(start: number, length: number): Promise<ArrayBuffer>;
}

const localHeaderBytes = 30;
const localSignature = 0x04034b50;

/**
 * The records by name, in the order of the directory.
 *
 * Throws a SemmaeError for an archive that is cut, encrypted or in several parts, whose records overlap, or are compressed in other ways
 * than deflate, or claim to become more than 1032 times as long, which no deflate stream does.
 *
 * Reference: APPNOTE.TXT 6.3.10, https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
 */
export async function readZip(source: ByteSource): Promise<ReadonlyMap<string, ZipRecord>> {
  const { entries, start: directoryStart } = await readDirectory(source);
  const records = new Map<string, ZipRecord>();
  const inPlace = entries.toSorted((one, other) => one.offset - other.offset);
  const order = new Map(inPlace.map((entry, index) => [entry, index]));
  for (const entry of entries) {
    const { name, size, packedSize, deflated, offset } = entry;
    const end = inPlace[order.get(entry)! + 1]?.offset ?? directoryStart;
    if (records.has(name)) throw damaged(source, `two records ${name}`);
    if (offset + localHeaderBytes + packedSize > end)
      throw damaged(source, `record ${name} reaching into what follows it`);
    if (!deflated && size !== packedSize) throw damaged(source, `record ${name} of two lengths`);
    if (deflated && size > mostExpansion * packedSize) {
      throw damaged(source, `record ${name} of ${size} bytes out of ${packedSize}`);
    }
    records.set(name, recordOf(source, entry, end));
  }
  return records;
}

function recordOf(source: ByteSource, entry: ZipEntry, end: number): ZipRecord {
  const { name, size, packedSize, deflated } = entry;
  let start: Promise<number> | undefined;
  return {
    size,
    async bytes(from, length) {
      start ??= dataStart(source, entry, end);
      if (!deflated) return source.bytes((await start) + from, length);
      return inflateRange(source, { name, start: await start, packedSize, size }, from, length);
    },
  };
}

/** Behind the header that each record has of its own, whose length the directory does not tell. */
async function dataStart(source: ByteSource, { name, offset, packedSize }: ZipEntry, end: number): Promise<number> {
  const header = new DataView(await source.bytes(offset, localHeaderBytes));
  const start = offset + localHeaderBytes + header.getUint16(26, true) + header.getUint16(28, true);
  if (header.getUint32(0, true) === localSignature && start + packedSize <= end) return start;
  throw damaged(source, `no record ${name} at byte ${offset}`);
}
