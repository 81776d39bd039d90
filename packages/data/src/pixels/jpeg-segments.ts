// The markers of a JPEG, the segments behind them and the header of its frame. Reference: ITU-T T.81, annex B.

import type { ImageSize } from '@semmae/core';

export interface JpegPlace {
  readonly bytes: Uint8Array;
  position: number;
}

/** The next marker, whatever stands before it. Undefined at the end of the file. */
export function nextMarker(place: JpegPlace): number | undefined {
  const { bytes } = place;
  while (place.position + 1 < bytes.length) {
    const code = bytes[place.position + 1]!;
    if (bytes[place.position] === 0xff && code !== 0 && code !== 0xff) {
      place.position += 2;
      return code;
    }
    place.position++;
  }
  return undefined;
}

/** The content of the segment behind a marker. Undefined where the file ends before it does. */
export function nextSegment(place: JpegPlace): Uint8Array | undefined {
  const { bytes, position } = place;
  const length = (bytes[position] ?? 0) * 256 + (bytes[position + 1] ?? 0);
  if (length < 2 || position + length > bytes.length) return undefined;
  place.position += length;
  return bytes.subarray(position + 2, position + length);
}

/** SOF0 to SOF15 but for DHT, JPG and DAC, which lie among them. */
export function isStartOfFrame(marker: number): boolean {
  return marker === 0xc0 || (marker > 0xc0 && marker <= 0xcf && marker % 4 !== 0);
}

export interface JpegFrameHeader extends ImageSize {
  precision: number;
  componentCount: number;
}

/** Of the content of a start of frame. */
export function frameHeader(content: Uint8Array): JpegFrameHeader {
  const [precision = 0, high = 0, low = 0, left = 0, right = 0, componentCount = 0] = content;
  return { height: high * 256 + low, width: left * 256 + right, precision, componentCount };
}
