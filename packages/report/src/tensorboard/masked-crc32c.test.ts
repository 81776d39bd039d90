import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { slowCrc32c } from './__fixtures__/read-records';
import { maskedCrc32c } from './masked-crc32c';

const unmasked = (masked: number) => {
  const rotated = (masked - 0xa282ead8) >>> 0;
  return ((rotated >>> 17) | (rotated << 15)) >>> 0;
};

describe('maskedCrc32c', () => {
  // RFC 3720, appendix B.4, and the check value of CRC-32C
  it.each([
    ['32 zeros', new Uint8Array(32), 0x8a9136aa],
    ['32 ones', new Uint8Array(32).fill(0xff), 0x62a8ab43],
    ['0 to 31', Uint8Array.from({ length: 32 }, (_, index) => index), 0x46dd794e],
    ['31 to 0', Uint8Array.from({ length: 32 }, (_, index) => 31 - index), 0x113fdb5c],
    ['123456789', new TextEncoder().encode('123456789'), 0xe3069283],
  ])('masks the published checksum of %s', (_, data, crc) => {
    expect(unmasked(maskedCrc32c(data))).toBe(crc);
    expect(slowCrc32c(data)).toBe(crc);
  });

  // tensorboard 2.21.0: tensorboard.compat.tensorflow_stub.pywrap_tensorflow.masked_crc32c
  it.each([
    ['', 0xa282ead8],
    ['a', 0x28e46e78],
    ['123456789', 0xc78ab0e5],
  ])('is TensorBoard’s for "%s"', (text, masked) => {
    expect(maskedCrc32c(new TextEncoder().encode(text))).toBe(masked);
  });

  it('is the slow one’s for any data', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (data) => {
        expect(unmasked(maskedCrc32c(data))).toBe(slowCrc32c(data));
      }),
    );
  });
});
