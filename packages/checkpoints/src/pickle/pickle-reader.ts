// The parameters of a pickle's instructions.

import { SemmaeError } from '@semmae/core';

import type { PickleGlobal, PickleValue } from './pickle-values';

export interface PickleReader {
  readonly position: number;
  /** Little-endian, of 1, 2, 4 or 8 bytes; not exact above 2^53, which is beyond any end. */
  uint(width: 1 | 2 | 4 | 8): number;
  /** In two's complement, little-endian. */
  integer(width: number): number | bigint;
  /** In decimal digits, with the L of Python 2. There 00 and 01 are booleans. */
  integerLine(options?: { booleans?: boolean }): number | bigint | boolean;
  float(): number;
  bytes(length: number): Uint8Array;
  text(length: number): string;
  latin1(length: number): string;
  line(): string;
  global(module: PickleValue | undefined, name: PickleValue | undefined): PickleGlobal;
  damaged(got: string): SemmaeError;
}

/** Thrown where the bytes end within the pickle. */
export class PickleEnded extends SemmaeError {}

/** States of NumPy's random numbers have integers of 17 bytes; much longer ones would take long. */
const longestInteger = 32;
const longestLine = 1000;
const newline = 10;

export function pickleReader(where: string, from: Uint8Array): PickleReader {
  const view = new DataView(from.buffer, from.byteOffset, from.byteLength);
  const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });
  let position = 0;

  function damaged(got: string): SemmaeError {
    return new SemmaeError({ where, requirement: 'must hold a pickle of protocol 2 to 5', got });
  }
  /** Goes on by `length`, and gives where that began. */
  function skip(length: number): number {
    if (length > from.length - position) {
      throw new PickleEnded({
        where,
        requirement: 'must hold a whole pickle',
        got: `one that is cut after ${from.length} bytes`,
      });
    }
    position += length;
    return position - length;
  }
  function bytes(length: number): Uint8Array {
    const start = skip(length);
    return from.subarray(start, position);
  }
  function line(): string {
    const end = from.subarray(position, position + longestLine).indexOf(newline);
    if (end === -1) {
      skip(longestLine); // ends here where there are fewer
      throw damaged(`a line of more than ${longestLine} bytes`);
    }
    const text = utf8.decode(bytes(end));
    skip(1);
    return text;
  }
  return {
    get position() {
      return position;
    },
    uint(width) {
      const at = skip(width);
      if (width === 1) return view.getUint8(at);
      if (width === 2) return view.getUint16(at, true);
      if (width === 4) return view.getUint32(at, true);
      return Number(view.getBigUint64(at, true));
    },
    integer(width) {
      if (width > longestInteger) throw damaged(`an integer of ${width} bytes`);
      const value = bytes(width).reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
      return exact(BigInt.asIntN(8 * width, value));
    },
    integerLine({ booleans = false } = {}) {
      const text = line();
      if (booleans && (text === '00' || text === '01')) return text === '01';
      if (!/^-?\d+L?$/.test(text)) throw damaged('an integer that is none');
      return exact(BigInt(text.replace('L', '')));
    },
    float: () => view.getFloat64(skip(8)),
    bytes,
    text: (length) => utf8.decode(bytes(length)),
    latin1: (length) => latin1Of(bytes(length)),
    line,
    global(module, name) {
      if (typeof module === 'string' && typeof name === 'string' && module.length + name.length < longestLine)
        return { kind: 'global', name: `${module}.${name}` };
      throw damaged('a class without a name');
    },
    damaged,
  };
}

function exact(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** Byte by byte; what TextDecoder calls latin1 is windows-1252. */
function latin1Of(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return text;
}
