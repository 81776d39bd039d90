// Samples that a page makes one after the other, as a source of random access.

import { collectSamples, type IterableSample, type IterableSourceOptions } from '../sources/collect-samples';
import type { ImageSource } from '../sources/image-source';

/** As `iterableSource` in Node; what memory has no room for goes to Blobs, which a browser may keep on disk. */
export function iterableSource(
  samples: AsyncIterable<IterableSample> | Iterable<IterableSample>,
  options: IterableSourceOptions = {},
): Promise<ImageSource> {
  return collectSamples(samples, options, async () => {
    const blobs: Blob[] = [];
    return {
      append: async (bytes) => blobs.push(new Blob([bytes as Uint8Array<ArrayBuffer>])) - 1,
      read: async (place) => new Uint8Array(await blobs[place]!.arrayBuffer()),
      close: () => blobs.splice(0),
    };
  });
}
