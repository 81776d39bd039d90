// What the pixels of a corrupted block are replaced by.

import type { Rng } from '@semmae/core';

/** Pixels that can be corrupted: bytes, or numbers of any range, such as mean/std-normalized ones. */
export type Pixels = Uint8Array | Float32Array;

export const corruptionKinds = ['zeros', 'noise', 'elsewhere', 'partner'] as const;

export type CorruptionKind = (typeof corruptionKinds)[number];

/** Images that share [H, W, C]. */
interface Canvas {
  clean: Pixels;
  partner: Pixels | undefined;
  corrupted: Pixels;
  height: number;
  width: number;
  channels: number;
}

/** Replaces a rectangle of pixels in the corrupted image. */
type Replace = (top: number, left: number, height: number, width: number) => void;

/** Standard normal values as bytes, if pixels are normalized by the usual mean 0.45 and deviation 0.226 of photographs. */
const byteOfNormal = (normal: number) => Math.max(0, Math.min(255, Math.round(255 * (0.45 + 0.226 * normal))));

export function painter(kind: CorruptionKind, canvas: Canvas, rng: Rng): Replace {
  const { clean, partner, corrupted } = canvas;
  const rowLength = canvas.width * canvas.channels;

  /** Runs over the values of a rectangle, row by row: those from `start` to `end` are the pixels of one row. */
  const eachRow = (replaceRow: (start: number, end: number) => void): Replace => {
    return (top, left, height, width) => {
      for (let row = top; row < top + height; row++) {
        const start = row * rowLength + left * canvas.channels;
        replaceRow(start, start + width * canvas.channels);
      }
    };
  };

  switch (kind) {
    case 'zeros':
      return eachRow((start, end) => corrupted.fill(0, start, end));
    case 'noise': {
      const noise = corrupted instanceof Uint8Array ? () => byteOfNormal(rng.normal()) : () => rng.normal();
      return eachRow((start, end) => {
        for (let value = start; value < end; value++) corrupted[value] = noise();
      });
    }
    case 'partner':
      return eachRow((start, end) => corrupted.set(partner!.subarray(start, end), start));
    case 'elsewhere':
      return (top, left, height, width) => {
        const rowsDown = rng.integer(canvas.height - height + 1) - top;
        const columnsRight = rng.integer(canvas.width - width + 1) - left;
        const offset = rowsDown * rowLength + columnsRight * canvas.channels;
        // From the clean image, so that no block repeats another block.
        eachRow((start, end) => corrupted.set(clean.subarray(start + offset, end + offset), start))(
          top,
          left,
          height,
          width,
        );
      };
    default:
      return kind satisfies never;
  }
}
