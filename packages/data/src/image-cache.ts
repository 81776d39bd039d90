// Keeps decoded or drawn images in memory up to a budget.

import type { LabeledImage } from './image-dataset';

export interface ImageCache<T extends LabeledImage> {
  /** The image at `index`, made by `make` unless it is already kept. */
  fetch(index: number, make: () => T | Promise<T>): Promise<T>;
  readonly bytes: number;
}

/** Keeps images in the order of their first use until `budgetBytes` are full; what comes later is made anew each time. */
export function imageCache<T extends LabeledImage>({ budgetBytes }: { budgetBytes: number }): ImageCache<T> {
  const kept = new Map<number, T>();
  let bytes = 0;
  return {
    async fetch(index, make) {
      const image = kept.get(index) ?? (await make());
      if (kept.has(index)) return image;
      const size = image.pixels.byteLength + (image.parts?.byteLength ?? 0);
      if (bytes + size <= budgetBytes) {
        kept.set(index, image);
        bytes += size;
      }
      return image;
    },
    get bytes() {
      return bytes;
    },
  };
}
