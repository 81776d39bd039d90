// A slow reader of TFRecord files: bit by bit checksums, no tables, no library.

export interface RecordsRead {
  records: Uint8Array[];
  /** Bytes behind the last whole record. */
  rest: number;
}

/** Every whole record of a file. Throws where a checksum does not fit. */
export function readRecords(bytes: Uint8Array): RecordsRead {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const records: Uint8Array[] = [];
  let offset = 0;
  while (offset + 12 <= bytes.length) {
    const length = Number(view.getBigUint64(offset, true));
    if (view.getUint32(offset + 8, true) !== mask(slowCrc32c(bytes.subarray(offset, offset + 8)))) {
      throw new Error(`record ${records.length}: the checksum of its length must fit`);
    }
    const end = offset + 12 + length;
    if (end + 4 > bytes.length) break;
    const data = new Uint8Array(bytes.buffer, bytes.byteOffset + offset + 12, length);
    if (view.getUint32(end, true) !== mask(slowCrc32c(data))) {
      throw new Error(`record ${records.length}: the checksum of its data must fit`);
    }
    records.push(data);
    offset = end + 4;
  }
  return { records, rest: bytes.length - offset };
}

/** The Castagnoli polynomial, reflected, one bit at a time. */
export function slowCrc32c(data: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of data) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0x82f63b78 : 0);
  }
  return ~crc >>> 0;
}

function mask(crc: number): number {
  const rotated = BigInt(crc >>> 15) + BigInt(crc & 0x7fff) * 0x20000n;
  return Number((rotated + 0xa282ead8n) % 0x100000000n);
}
