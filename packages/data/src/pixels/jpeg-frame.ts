// What the header of a JPEG says before its first scan, read here because a call of libvips for it takes as long as a small crop.

import type { ImageSize } from '@semmae/core';

export interface JpegFrame extends ImageSize {
  components: number;
  /** Whether that is all there is to know: 8 bits, gray or color, no EXIF, no color profile. */
  isPlain: boolean;
}

const [startOfFrame0, startOfFrame2, startOfScan, app1, app2] = [0xc0, 0xc2, 0xda, 0xe1, 0xe2];

/** Undefined where no frame header comes before the first scan. Reference: ITU-T T.81, annex B. */
export function jpegFrame(bytes: Uint8Array): JpegFrame | undefined {
  let hasMetadata = false;
  for (let start = 2; start + 4 <= bytes.length; ) {
    const marker = bytes[start + 1]!;
    if (bytes[start] !== 0xff || marker === startOfScan) return undefined;
    const length = bytes[start + 2]! * 256 + bytes[start + 3]!;
    hasMetadata ||= marker === app1 || marker === app2;
    // SOF0 to SOF15 but for DHT, JPG and DAC, which lie among them
    if (marker >= startOfFrame0 && marker <= 0xcf && (marker % 4 !== 0 || marker === startOfFrame0)) {
      if (start + 10 > bytes.length) return undefined;
      const [precision, high, low, left, right, components] = bytes.subarray(start + 4, start + 10);
      const [height, width] = [high! * 256 + low!, left! * 256 + right!];
      const isUsual = marker <= startOfFrame2 && precision === 8 && (components === 1 || components === 3);
      return {
        ...{ height, width, components: components! },
        isPlain: isUsual && !hasMetadata && height > 0 && width > 0,
      };
    }
    start += 2 + length;
  }
  return undefined;
}
