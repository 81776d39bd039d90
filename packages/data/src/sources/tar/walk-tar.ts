// The entries of a tar archive with the places of their contents. Contents are skipped, not read.

import type { ByteSource } from '@semmae/checkpoints';

import { readTarHeader, type TarHeader, tarBlock } from './tar-header';

export interface TarEntry {
  path: string;
  kind: 'file' | 'folder' | 'link' | 'sparse file' | 'special file';
  /** Of the first byte of the content, in the archive. */
  offset: number;
  /** Bytes of content, as the archive claims; the last entry of a truncated archive reaches beyond its end. */
  size: number;
}

/** Is told of every entry; gives a function where it wants the content, which is then read. The content lies in memory that is used again. */
export type TarVisitor = (entry: TarEntry) => ((content: Uint8Array) => void) | undefined;

export interface TarEnd {
  /** Blocks of zeros, as every complete archive has; nothing at all; or something that is no header, from `at` on. */
  kind: 'marked' | 'unmarked' | 'damaged';
  at: number;
}

/** Read at once where entries are small. */
const longWindow = 2 ** 20;
/** Read where the next header lies beyond a content of more than `largeContent` bytes: the header and some small fields after it. */
const shortWindow = 2 ** 12;
const largeContent = 2 ** 15;

/** Longer paths are damage: no file system takes them. */
const longestPath = 2 ** 16;
const longestRecords = 2 ** 20;

/** Gives every entry to `visit` in order, and says how the archive ends. Archives that were joined end to end are read through. */
export async function walkTar(source: ByteSource, visit: TarVisitor, signal?: AbortSignal): Promise<TarEnd> {
  const window = readingWindow(source);
  let at = 0;
  let end: TarEnd['kind'] = 'unmarked';
  let longPath: string | undefined;
  let records: PaxRecords = {};

  for (;;) {
    if (window.isBefore(at + tarBlock)) {
      signal?.throwIfAborted();
      if (at >= source.size) return { kind: end, at };
      if (at + tarBlock > source.size) return { kind: 'damaged', at };
      await window.moveTo(at);
    }
    const header = readTarHeader(window.bytes(at, tarBlock));
    if (header === undefined) return { kind: 'damaged', at };
    const start = at;
    at += tarBlock;
    if (header === 'zeros') {
      end = 'marked';
      continue;
    }
    end = 'unmarked';
    for (let continued = header.isContinued; continued; at += tarBlock) {
      if (at + tarBlock > source.size) return { kind: 'damaged', at };
      continued = (await window.read(at, tarBlock))[504] === 1;
    }
    const extension = extensions[header.type];
    if (extension !== undefined) {
      if (header.size > extension.longest || at + header.size > source.size) return { kind: 'damaged', at: start };
      const content = await window.read(at, header.size);
      at += padded(header.size);
      if (extension.kind === 'path') longPath = untilZero(content);
      if (extension.kind !== 'records') continue;
      const found = readPaxRecords(content);
      if (found === undefined) return { kind: 'damaged', at: start };
      records = found;
      continue;
    }
    const size = records.size ?? header.size;
    const entry: TarEntry = {
      path: records.path ?? longPath ?? header.path,
      kind: records.isSparse ? 'sparse file' : kindOf(header),
      offset: at,
      size,
    };
    longPath = undefined;
    records = {};
    const receive = visit(entry);
    if (receive !== undefined && at + size <= source.size) receive(await window.read(at, size));
    if (!withoutContent.has(header.type)) at += padded(size);
    if (at > source.size) return { kind: 'damaged', at: start };
  }
}

/** Entries that say something of the next one (long path, records of pax) or of the archive (the rest). */
const extensions: Record<string, { kind: 'path' | 'records' | 'other'; longest: number } | undefined> = {
  L: { kind: 'path', longest: longestPath },
  N: { kind: 'other', longest: longestPath },
  K: { kind: 'other', longest: longestPath },
  x: { kind: 'records', longest: longestRecords },
  X: { kind: 'records', longest: longestRecords },
  g: { kind: 'other', longest: longestRecords },
  V: { kind: 'other', longest: longestRecords },
};

/** Links, devices, folders and pipes have none, whatever their size says. */
const withoutContent = new Set(['1', '2', '3', '4', '5', '6']);

function kindOf({ type }: TarHeader): TarEntry['kind'] {
  if (type === '0') return 'file';
  if (type === '5') return 'folder';
  if (type === 'S') return 'sparse file';
  return type === '1' || type === '2' ? 'link' : 'special file';
}

interface PaxRecords {
  path?: string;
  size?: number;
  isSparse?: boolean;
}

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

/** Records `<length> <key>=<value>\n`; undefined where they are none. */
function readPaxRecords(content: Uint8Array): PaxRecords | undefined {
  const records: PaxRecords = {};
  for (let at = 0; at < content.length && content[at] !== 0; ) {
    const space = content.indexOf(0x20, at);
    const length = Number(utf8.decode(content.subarray(at, space)));
    const end = at + length;
    if (space < 0 || !Number.isInteger(length) || end <= space || end > content.length || content[end - 1] !== 0x0a) {
      return undefined;
    }
    const record = utf8.decode(content.subarray(space + 1, end - 1));
    const equals = record.indexOf('=');
    const [key, value] = [record.slice(0, equals), record.slice(equals + 1)];
    if (key === 'path') records.path = value;
    if (key.startsWith('GNU.sparse.')) records.isSparse = true;
    if (key === 'size') {
      if (!/^\d{1,15}$/.test(value)) return undefined;
      records.size = Number(value);
    }
    at = end;
  }
  return records;
}

function untilZero(content: Uint8Array): string {
  const end = content.indexOf(0);
  return utf8.decode(end < 0 ? content : content.subarray(0, end));
}

function padded(size: number): number {
  return Math.ceil(size / tarBlock) * tarBlock;
}

/** A stretch of the source in memory. Where contents are large it leaps from header to header instead of reading all. */
function readingWindow(source: ByteSource) {
  let start = 0;
  let bytes = new Uint8Array();
  const end = () => start + bytes.length;
  const window = {
    isBefore: (position: number) => position > end(),
    bytes: (at: number, length: number) => bytes.subarray(at - start, at - start + length),
    /** Moves to `at`, which lies at or behind the end of the window but for a part of it. */
    async moveTo(at: number, least = tarBlock): Promise<void> {
      const length = Math.max(least, at - end() > largeContent ? shortWindow : longWindow);
      bytes = new Uint8Array(await source.bytes(at, Math.min(length, source.size - at)));
      start = at;
    },
    /** Bytes that lie within the source, at or behind the start of the window. */
    async read(at: number, length: number): Promise<Uint8Array> {
      if (window.isBefore(at + length)) await window.moveTo(at, length);
      return window.bytes(at, length);
    },
  };
  return window;
}
