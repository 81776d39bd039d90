// One header block of a tar archive: ustar, GNU and the older format without a magic word.

/** Bytes of a header, and the unit that contents are padded to. */
export const tarBlock = 512;

export interface TarHeader {
  /** The path in the header itself; long ones stand in an entry before it. */
  path: string;
  /** Type flag, '0' for a file. */
  type: string;
  /** Bytes of content that follow. */
  size: number;
  /** GNU's old sparse files go on in further header blocks. */
  isContinued: boolean;
}

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

/**
 * The header in `block` (512 bytes), 'zeros' for a block of nothing but zeros, undefined where the checksum or a number is wrong.
 *
 * Reference: IEEE Std 1003.1, pax, "ustar Interchange Format"; GNU tar manual, "Basic Tar Format"
 */
export function readTarHeader(block: Uint8Array): TarHeader | 'zeros' | undefined {
  const checksum = octal(block, 148, 8);
  const sums = checksums(block);
  if (checksum === undefined || !sums.includes(checksum))
    return block.every((byte) => byte === 0) ? 'zeros' : undefined;
  const size = numberAt(block, 124, 12);
  if (size === undefined) return undefined;
  const [name, flag] = [text(block, 0, 100), block[156]!];
  const isPosix = text(block, 257, 6) === 'ustar'; // GNU's has spaces after the word and other fields in place of the prefix
  const prefix = isPosix ? text(block, 345, 155) : '';
  const path = prefix === '' ? name : `${prefix}/${name}`;
  const type = flag === 0 || flag === 0x37 ? '0' : String.fromCharCode(flag); // 7: a contiguous file
  return {
    path,
    type: type === '0' && path.endsWith('/') ? '5' : type, // folders of the oldest archives
    size,
    isContinued: type === 'S' && block[482] === 1,
  };
}

/** Text up to the first zero. */
function text(block: Uint8Array, start: number, length: number): string {
  const field = block.subarray(start, start + length);
  const end = field.indexOf(0);
  return utf8.decode(end < 0 ? field : field.subarray(0, end));
}

/** Octal digits, or in GNU's archives a big-endian integer behind a first byte of 0x80. */
function numberAt(block: Uint8Array, start: number, length: number): number | undefined {
  if ((block[start]! & 0x80) === 0) return octal(block, start, length);
  if (block[start] !== 0x80) return undefined; // negative, or beyond any file
  const value = block.subarray(start + 1, start + length).reduce((sum, byte) => sum * 256 + byte, 0);
  return Number.isSafeInteger(value) ? value : undefined;
}

function octal(block: Uint8Array, start: number, length: number): number | undefined {
  let value = 0;
  let at = start;
  while (at < start + length && block[at] === 0x20) at++;
  for (; at < start + length && block[at] !== 0 && block[at] !== 0x20; at++) {
    const digit = block[at]! - 0x30;
    if (digit < 0 || digit > 7) return undefined;
    value = value * 8 + digit;
  }
  return value;
}

/** The sum of all bytes with spaces in place of the checksum, and as old programs took it, with signed bytes. */
function checksums(block: Uint8Array): [unsigned: number, signed: number] {
  let sum = 8 * 0x20;
  let above127 = 0;
  for (let index = 0; index < tarBlock; index++) {
    if (index >= 148 && index < 156) continue;
    const byte = block[index]!;
    sum += byte;
    if (byte > 127) above127++;
  }
  return [sum, sum - 256 * above127];
}
