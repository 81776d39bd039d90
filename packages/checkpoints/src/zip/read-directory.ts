// The central directory of a zip archive.

import { SemmaeError } from '@semmae/core';

import type { ByteSource } from '../sources/byte-source';
import { damaged } from './damaged';

export interface ZipEntry {
  name: string;
  deflated: boolean;
  /** Bytes in the archive. */
  packedSize: number;
  /** Bytes of what was packed. */
  size: number;
  /** Of the record's own header, from the beginning of the file. */
  offset: number;
}

const endSignature = 0x06054b50;
const endBytes = 22;
const longestComment = 2 ** 16 - 1;
const locatorSignature = 0x07064b50;
const locatorBytes = 20;
const zip64EndSignature = 0x06064b50;
const zip64EndBytes = 56;
const entrySignature = 0x02014b50;
const entryBytes = 46;
const zip64Extra = 1;

/** The fields of 16 and 32 bits that stand for: see the field of 64. */
const [elsewhere16, elsewhere32] = [0xffff, 0xffffffff];

/** Far above the files that exist: a checkpoint with its optimizer has some thousands of records. */
const mostEntries = 2 ** 18;
const longestDirectory = 2 ** 26;

const longestName = 1000;

const encrypted = 1;
const methods = { 0: 'stored', 8: 'deflated' } as Record<number, string>;

/** Its entries, and the byte at which it begins. */
export async function readDirectory(source: ByteSource): Promise<{ entries: ZipEntry[]; start: number }> {
  const { count, length, start } = await findDirectory(source);
  if (count > mostEntries || length > longestDirectory) {
    const requirement = `must have at most ${mostEntries} records and ${longestDirectory} bytes of directory`;
    throw new SemmaeError({ where: source.name, requirement, got: `${count} and ${length}` });
  }
  const view = new DataView(await source.bytes(start, length));
  const entries: ZipEntry[] = [];
  let at = 0;
  for (let index = 0; index < count; index++) {
    const entry = at + entryBytes <= length ? parseEntry(source, view, at) : undefined;
    if (entry === undefined || entry.end > length)
      throw damaged(source, `a directory that ends with entry ${index} of ${count}`);
    at = entry.end;
    if (!entry.name.endsWith('/')) entries.push(entry); // folders
  }
  return { entries, start };
}

async function findDirectory(source: ByteSource): Promise<{ count: number; length: number; start: number }> {
  const tailLength = Math.min(source.size, locatorBytes + endBytes + longestComment);
  const tailStart = source.size - tailLength;
  const tail = new DataView(await source.bytes(tailStart, tailLength));
  let end = tailLength - endBytes;
  while (
    end >= 0 &&
    !(tail.getUint32(end, true) === endSignature && end + endBytes + tail.getUint16(end + 20, true) === tailLength)
  )
    end--;
  if (end < 0) throw damaged(source, 'no directory at its end');
  const [disk, diskOfDirectory] = [tail.getUint16(end + 4, true), tail.getUint16(end + 6, true)];
  let [count, length, start] = [
    tail.getUint16(end + 10, true),
    tail.getUint32(end + 12, true),
    tail.getUint32(end + 16, true),
  ];
  let limit = tailStart + end;
  if (count === elsewhere16 || length === elsewhere32 || start === elsewhere32) {
    const locator = end - locatorBytes;
    if (locator >= 0 && tail.getUint32(locator, true) === locatorSignature) {
      limit = uint64(tail, locator + 8);
      if (limit + zip64EndBytes > tailStart + locator) throw damaged(source, `a directory behind byte ${limit}`);
      const end64 = new DataView(await source.bytes(limit, zip64EndBytes));
      if (end64.getUint32(0, true) !== zip64EndSignature)
        throw damaged(source, `no directory of 64 bits at byte ${limit}`);
      [count, length, start] = [uint64(end64, 32), uint64(end64, 40), uint64(end64, 48)];
    }
  }
  if ((disk !== 0 && disk !== elsewhere16) || (diskOfDirectory !== 0 && diskOfDirectory !== elsewhere16)) {
    throw damaged(source, 'one of several parts');
  }
  if (start + length > limit)
    throw damaged(source, `a directory of ${length} bytes at byte ${start} of ${source.size}`);
  return { count, length, start };
}

function parseEntry(source: ByteSource, view: DataView, at: number): (ZipEntry & { end: number }) | undefined {
  if (view.getUint32(at, true) !== entrySignature) return undefined;
  const [nameLength, extraLength, commentLength] = [28, 30, 32].map((field) => view.getUint16(at + field, true)) as [
    number,
    number,
    number,
  ];
  const extraStart = at + entryBytes + nameLength;
  const end = extraStart + extraLength + commentLength;
  if (end > view.byteLength) return undefined;
  if (nameLength > longestName) throw damaged(source, `a name of ${nameLength} bytes`);
  const name = new TextDecoder().decode(new Uint8Array(view.buffer, at + entryBytes, nameLength));
  const method = view.getUint16(at + 10, true);
  if ((view.getUint16(at + 8, true) & encrypted) !== 0 || methods[method] === undefined) {
    const got = methods[method] === undefined ? `method ${method} for ${name}` : `${name}, which is encrypted`;
    throw new SemmaeError({ where: source.name, requirement: 'must have records that are stored or deflated', got });
  }
  // the extra field has, in this order, those of the three that do not fit 32 bits
  let [wide, wideEnd] = findExtra(view, extraStart, extraStart + extraLength);
  const [size, packedSize, offset] = [24, 20, 42].map((field) => {
    const value = view.getUint32(at + field, true);
    if (value !== elsewhere32 || wide + 8 > wideEnd) return value;
    wide += 8;
    return uint64(view, wide - 8);
  }) as [number, number, number];
  return { name, deflated: methods[method] === 'deflated', packedSize, size, offset, end };
}

/** Where the values of 64 bits are. */
function findExtra(view: DataView, start: number, end: number): [start: number, end: number] {
  for (let at = start; at + 4 <= end; ) {
    const next = at + 4 + view.getUint16(at + 2, true);
    if (view.getUint16(at, true) === zip64Extra && next <= end) return [at + 4, next];
    at = next;
  }
  return [end, end];
}

/** Not a safe integer where no file is that long, and then greater than its end. */
function uint64(view: DataView, at: number): number {
  return Number(view.getBigUint64(at, true));
}
