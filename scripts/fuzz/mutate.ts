// Damage to bytes, drawn at random.

import type { Rng } from '@semmae/core';

/** What parsers trip over: limits of integers, words of the formats, instructions of pickles. */
const numbers = [
  0,
  1,
  2,
  7,
  0x7f,
  0x80,
  0xff,
  0x7fff,
  0xffff,
  2 ** 31 - 1,
  2 ** 31,
  2 ** 32 - 1,
  2 ** 53 - 1,
  2 ** 53,
  2 ** 63,
];
const words = [
  ...'{ } [ ] " , : \\ -1 1e999 9007199254740993 null ../ __proto__ \0 \n'.split(' '),
  ...'( t R b Q ] a e u s 2 0 . h\0 q\0 \x94 \x93 \x8e \x8b\xff\xff\0\0'.split(' '),
  ...[
    'cos\nsystem\n',
    'cbuiltins\neval\n',
    'ctorch\nLongStorage\n',
    "'|O'",
    "'>f8'",
    'True',
    'ustar\x0000',
    'ustar  \0',
    '././@LongLink',
    '20 path=../../a.jpg\n',
    '19 GNU.sparse.map=0\n',
    '77777777777',
    'PK\x01\x02',
    'PK\x05\x06',
    'PK\x03\x04',
  ],
];

/** A copy with one to eight changes between `from` and `to`. `other` gives pieces to put in. */
export function mutate(bytes: Uint8Array, rng: Rng, other: Uint8Array, from = 0, to = bytes.length): Uint8Array {
  let changed = Buffer.from(bytes);
  let end = to;
  for (let left = 1 + rng.integer(rng.uniform() < 0.5 ? 2 : 8); left > 0; left--) {
    const at = from + rng.integer(Math.max(1, end - from));
    const length = 1 + rng.integer(rng.uniform() < 0.7 ? 8 : Math.max(1, Math.ceil((end - from) / 2)));
    const before = changed.length;
    changed = Buffer.from(change(changed, at, length, rng, other));
    end += changed.length - before;
  }
  return changed;
}

function change(bytes: Buffer, at: number, length: number, rng: Rng, other: Uint8Array): Buffer {
  const head = bytes.subarray(0, at);
  const cut = bytes.subarray(Math.min(bytes.length, at + length));
  const piece = bytes.subarray(at, at + length);
  const number = numbers[rng.integer(numbers.length)]! + (rng.uniform() < 0.2 ? rng.integer(3) - 1 : 0);
  switch (rng.integer(11)) {
    case 0: // a bit
      if (at < bytes.length) bytes[at]! ^= 1 << rng.integer(8);
      return bytes;
    case 1:
    case 2: // a byte
      if (at < bytes.length) bytes[at] = rng.integer(256);
      return bytes;
    case 3: // an integer of 1, 2, 4 or 8 bytes in place of another
      return overwrite(bytes, at, [1, 2, 4, 8][rng.integer(4)]!, number);
    case 4: // digits in place of others
      return Buffer.from(
        bytes
          .toString('latin1')
          .replace(/\d+/g, (digits, place: number) => (place >= at && place < at + length ? String(number) : digits)),
        'latin1',
      );
    case 5:
    case 6: // a word, put in or in place of others
      return Buffer.concat([
        head,
        Buffer.from(words[rng.integer(words.length)]!, 'latin1'),
        rng.uniform() < 0.5 ? bytes.subarray(at) : cut,
      ]);
    case 7: // less
      return Buffer.concat([head, cut]);
    case 8: // the same again
      return Buffer.concat([head, piece, piece, cut]);
    case 9: {
      // a piece of another file
      const start = rng.integer(other.length);
      return Buffer.concat([
        head,
        other.subarray(start, start + length),
        rng.uniform() < 0.5 ? bytes.subarray(at) : cut,
      ]);
    }
    default: // an end
      return rng.uniform() < 0.2 ? head : bytes;
  }
}

function overwrite(bytes: Buffer, at: number, width: number, number: number): Buffer {
  const encoded = Buffer.alloc(8);
  encoded.writeBigUInt64LE(BigInt.asUintN(64, BigInt(number)));
  encoded.copy(bytes, at, 0, width);
  return bytes;
}
