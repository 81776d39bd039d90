// Many short texts in little memory: their bytes end to end, found again by a hash. A million keys of 12 bytes take 25 MB.

/** `ends[i]` is the end of text i in `bytes` (UTF-8). */
export interface PackedKeys {
  bytes: Uint8Array;
  ends: Uint32Array;
}

export interface KeyTable {
  readonly size: number;
  /** The number of `key`: that of its first addition, in the order of additions. */
  add(key: string): number;
  /** A copy of all keys, without the means to find them. */
  pack(): PackedKeys;
}

/** Bytes of all keys together, where their ends must fit 32 bits. */
const mostBytes = 2 ** 32 - 1;

export function keyTable(): KeyTable {
  let bytes = Buffer.alloc(2 ** 12);
  let ends = new Uint32Array(2 ** 8);
  let slots = new Int32Array(2 ** 9).fill(-1); // a power of two, at most two thirds full
  let size = 0;

  /** The slot of the bytes from `start` to `end`, or the empty one where they belong. */
  function slotOf(start: number, end: number): number {
    const mask = slots.length - 1;
    let slot = hash(bytes, start, end) & mask;
    for (let found = slots[slot]!; found >= 0; found = slots[slot]!) {
      if (bytes.compare(bytes, startOf(ends, found), ends[found]!, start, end) === 0) return slot;
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  return {
    get size() {
      return size;
    },
    add(key) {
      const start = startOf(ends, size);
      const longest = start + 3 * key.length;
      if (longest > mostBytes) throw new RangeError('internal: keys of more than 4 GiB');
      if (longest > bytes.length) bytes = Buffer.concat([bytes], Math.min(mostBytes, 2 * longest));
      const end = start + bytes.write(key, start);
      const slot = slotOf(start, end);
      if (slots[slot]! >= 0) return slots[slot]!;
      if (size === ends.length) ends = extended(ends);
      ends[size] = end;
      slots[slot] = size++;
      if (3 * size > 2 * slots.length) {
        slots = new Int32Array(2 * slots.length).fill(-1);
        for (let index = 0; index < size; index++) slots[slotOf(startOf(ends, index), ends[index]!)] = index;
      }
      return size - 1;
    },
    pack: () => ({ bytes: new Uint8Array(bytes.subarray(0, startOf(ends, size))), ends: ends.slice(0, size) }),
  };
}

/** Texts that may be there several times. */
export function packKeys(keys: readonly string[]): PackedKeys {
  let end = 0;
  const ends = Uint32Array.from(keys, (key) => {
    end += Buffer.byteLength(key);
    return end;
  });
  if (end > mostBytes) throw new RangeError('internal: keys of more than 4 GiB');
  const bytes = Buffer.alloc(end);
  for (const [index, key] of keys.entries()) bytes.write(key, startOf(ends, index));
  return { bytes, ends };
}

export function packedKey({ bytes, ends }: PackedKeys, index: number): string {
  const { buffer, byteOffset } = bytes;
  return Buffer.from(buffer, byteOffset, bytes.length).toString('utf8', startOf(ends, index), ends[index]);
}

function startOf(ends: Uint32Array, index: number): number {
  return index === 0 ? 0 : ends[index - 1]!;
}

function extended(ends: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const longer = new Uint32Array(2 * ends.length);
  longer.set(ends);
  return longer;
}

/** FNV-1a, 32 bits, mixed once more: the lowest bits choose the slot. */
function hash(bytes: Uint8Array, start: number, end: number): number {
  let value = 0x811c9dc5;
  for (let at = start; at < end; at++) value = Math.imul(value ^ bytes[at]!, 0x01000193);
  return value ^ (value >>> 15);
}
