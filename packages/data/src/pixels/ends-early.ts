// Whether a file ends before its own header says that it does.

import type { ImageFormat } from './image-format';
import { pngChunks } from './png-chunks';
import { endOfTiff } from './tiff-header';

/** Of JPEGs see `jpegScans`, of arrays `numpyArray`. */
export async function endsEarly(bytes: Uint8Array, format: ImageFormat): Promise<boolean> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (format === 'PNG') return [...pngChunks(bytes)].at(-1)?.name !== 'IEND';
  if (format === 'GIF') return bytes.at(-1) !== 0x3b; // its trailer
  if (format === 'WebP') return 8 + view.getUint32(4, true) > bytes.length;
  if (format === 'AVIF') return endOfBoxes(view) > bytes.length;
  if (format === 'TIFF') return (await endOfTiff(bytes)) > bytes.length;
  return false;
}

/** Of the boxes of a file as ISO/IEC 14496-12 has them. */
function endOfBoxes(view: DataView): number {
  let start = 0;
  while (start + 8 <= view.byteLength) {
    const size = view.getUint32(start);
    if (size < 8) break; // 0 goes on to the end of the file; 1 is for boxes beyond 4 GB
    start += size;
  }
  return start;
}
