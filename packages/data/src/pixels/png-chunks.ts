// The chunks of a PNG.

export interface PngChunk {
  name: string;
  content: Uint8Array;
  /** With its length, name and checksum. */
  whole: Uint8Array;
}

/** As far as the file goes: the last one is cut where the file is. Reference: PNG, third edition, 5.3. */
export function* pngChunks(bytes: Uint8Array): Generator<PngChunk> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let start = 8; start + 8 <= bytes.length; ) {
    const end = start + 12 + view.getUint32(start);
    const name = String.fromCharCode(...bytes.subarray(start + 4, start + 8));
    yield { name, content: bytes.subarray(start + 8, end - 4), whole: bytes.subarray(start, end) };
    if (name === 'IEND') return;
    start = end;
  }
}

/** Those before the pixels by name, the first of a name. */
export function pngHeader(bytes: Uint8Array): ReadonlyMap<string, Uint8Array> {
  const header = new Map<string, Uint8Array>();
  for (const { name, content } of pngChunks(bytes)) {
    if (name === 'IDAT') break;
    if (!header.has(name)) header.set(name, content);
  }
  return header;
}

/** Whether the header says that values count light. gAMA is the exponent of encoding times 100,000; a profile or sRGB chunk overrules it. Reference: PNG, third edition, 11.3.2. */
export function isLinearPng(chunks: ReadonlyMap<string, Uint8Array>): boolean {
  const gamma = chunks.get('gAMA');
  if (gamma?.length !== 4 || ['sRGB', 'iCCP', 'cICP'].some((name) => chunks.has(name))) return false;
  return Math.abs(new DataView(gamma.buffer, gamma.byteOffset).getUint32(0) - 100_000) < 10_000;
}
