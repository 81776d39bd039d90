// The checksum of TFRecord files.

import crc32c from 'crc-32/crc32c.js';

/** CRC-32C, rotated and shifted so that data which holds checksums of its own still has a good one: unsigned, 32 bits. */
export function maskedCrc32c(data: Uint8Array): number {
  const crc = crc32c.buf(data) >>> 0;
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0; // kMaskDelta of TensorFlow's lib/hash/crc32c.h
}
