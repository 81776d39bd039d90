// Zip archives that say what a test wants.

interface RecordToZip {
  name: string;
  content?: Uint8Array;
  /** As the archive claims, where it lies. */
  method?: number;
  flags?: number;
  packedSize?: number;
  size?: number;
  offset?: number;
}

export interface ZipOptions {
  /** Whether sizes and places stand in fields of 64 bits. */
  wide?: boolean;
  comment?: string;
  /** Number of this part of an archive in several. */
  disk?: number;
}

/** Stored records one after the other, and their directory. */
export function zipOf(records: readonly RecordToZip[], options: ZipOptions = {}): Uint8Array {
  const parts: Uint8Array[] = [];
  let length = 0;
  const placed = records.map((record) => {
    const { name, content = new Uint8Array(0), method = 0, flags = 0 } = record;
    const { packedSize = content.length, size = content.length, offset = length } = record;
    const local = fields([4, 0x04034b50], [2, 20], [2, flags], [2, method], [8, 0], [4, 0], [4, 0], [2, name.length], [2, 0]);
    parts.push(local, text(name), content);
    length += local.length + name.length + content.length;
    return { name, method, flags, packedSize, size, offset };
  });
  parts.push(directoryOf(placed, length, options));
  return Buffer.concat(parts);
}

/** What ends an archive whose records stand before byte `start`. */
export function directoryOf(
  records: readonly Required<Omit<RecordToZip, 'content'>>[],
  start: number,
  { wide = false, comment = '', disk = 0 }: ZipOptions = {},
): Uint8Array {
  const entries = records.map(({ name, method, flags, packedSize, size, offset }) => {
    const extra = wide ? fields([2, 1], [2, 24], [8, size], [8, packedSize], [8, offset]) : new Uint8Array(0);
    const [narrowPacked, narrowSize, narrowOffset] = wide ? [2 ** 32 - 1, 2 ** 32 - 1, 2 ** 32 - 1] : [packedSize, size, offset];
    return Buffer.concat([
      fields([4, 0x02014b50], [2, 20], [2, 20], [2, flags], [2, method], [8, 0], [4, narrowPacked], [4, narrowSize]),
      fields([2, name.length], [2, extra.length], [2, 0], [2, 0], [2, 0], [4, 0], [4, narrowOffset]),
      ...[text(name), extra],
    ]);
  });
  const length = entries.reduce((sum, entry) => sum + entry.length, 0);
  const [count, counts] = [records.length, wide ? 2 ** 16 - 1 : records.length];
  const end64 = fields([4, 0x06064b50], [8, 44], [2, 45], [2, 45], [4, 0], [4, 0], [8, count], [8, count], [8, length], [8, start]);
  const locator = fields([4, 0x07064b50], [4, 0], [8, start + length], [4, 1]);
  return Buffer.concat([
    ...entries,
    ...(wide ? [end64, locator] : []),
    fields([4, 0x06054b50], [2, disk], [2, disk], [2, counts], [2, counts]),
    fields([4, wide ? 2 ** 32 - 1 : length], [4, wide ? 2 ** 32 - 1 : start], [2, comment.length]),
    text(comment),
  ]);
}

function fields(...values: [width: 2 | 4 | 8, value: number][]): Uint8Array {
  const bytes = Buffer.alloc(values.reduce((sum, [width]) => sum + width, 0));
  let at = 0;
  for (const [width, value] of values) {
    if (width === 8) bytes.writeBigUInt64LE(BigInt(value), at);
    else bytes.writeUIntLE(value, at, width);
    at += width;
  }
  return bytes;
}

function text(value: string): Uint8Array {
  return Buffer.from(value, 'latin1');
}
