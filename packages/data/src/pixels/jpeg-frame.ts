// What the header of a JPEG says before its first scan, read here because a call of libvips for it takes as long as a small crop.

import type { ImageSize } from '@semmae/core';

import { frameHeader, isStartOfFrame, nextMarker, nextSegment } from './jpeg-segments';

export interface JpegFrame extends ImageSize {
  components: number;
  /** Whether that is all there is to know: 8 bits, gray or color, no EXIF, no color profile. */
  isPlain: boolean;
}

const [startOfFrame2, startOfScan, app1, app2] = [0xc2, 0xda, 0xe1, 0xe2];

/** Undefined where no frame header comes before the first scan. */
export function jpegFrame(bytes: Uint8Array): JpegFrame | undefined {
  const place = { bytes, position: 2 };
  let hasMetadata = false;
  for (;;) {
    const marker = nextMarker(place);
    const content = nextSegment(place);
    if (marker === undefined || marker === startOfScan || content === undefined) return undefined;
    hasMetadata ||= marker === app1 || marker === app2;
    if (!isStartOfFrame(marker)) continue;
    const { height, width, precision, componentCount: components } = frameHeader(content);
    const isUsual = marker <= startOfFrame2 && precision === 8 && (components === 1 || components === 3);
    return { height, width, components, isPlain: isUsual && !hasMetadata && height > 0 && width > 0 };
  }
}
