// The features of a data set, plain and mirrored: computed once and kept, or made when they are asked for.

import { type ImageDataset, nextReadable } from '@semmae/data';
import type { EncoderModel } from '../models/encoder-file';
import { defaultBackground } from '../predictors/encoder-saliency';
import type { StageOptions } from '../runs/stage-options';
import { type FeatureExtractor, featureExtractor, type ImageFeatures } from './feature-extractor';
import { type FeatureGeometry, featureGeometry, type GeometryOptions } from './feature-geometry';
import { imageBatches, imagesOf } from './image-batches';
import { keptCountOf, keptPatches } from './kept-patches';
import type { TokenSource } from './token-choices';

export interface FeatureStoreOptions extends GeometryOptions, StageOptions {
  encoder: EncoderModel;
  data: ImageDataset;
  /** Default 'output'. */
  tokens?: TokenSource;
  /** As in `TokenPreparationChoice`; patches are kept by the default background rule of the encoder. */
  keptShare?: number;
  /** Images that are encoded at a time. Default 16. */
  encodeBatchSize?: number;
  /** Features that take more memory than this are not kept but made anew for each batch. Default 2 GiB. */
  memoryLimit?: number;
}

export interface FeatureRequest {
  index: number;
  mirrored: boolean;
}

export interface FeatureStore {
  readonly encoder: EncoderModel;
  readonly data: ImageDataset;
  readonly geometry: FeatureGeometry;
  readonly tokens: TokenSource;
  /** 1 where all patches are used. */
  readonly keptShare: number;
  /** C */
  readonly channels: number;
  /** Whether everything is in memory. */
  readonly cached: boolean;
  /** What that takes, or would take, in bytes. */
  readonly bytes: number;
  /** Rate of the encoding; undefined where nothing was encoded ahead. */
  readonly imagesPerSecond: number | undefined;
  /** An image that cannot be read gives those of the next one that can, as `nextReadable` does. */
  get(requests: readonly FeatureRequest[]): Promise<ImageFeatures[]>;
  dispose(): void;
}

/**
 * Encodes every image of `data` and its mirror image with the frozen encoder and keeps class and patch tokens in float32, as
 * far as `memoryLimit` allows. Several trainings of parts may share one store.
 */
export async function featureStore(options: FeatureStoreOptions): Promise<FeatureStore> {
  const { encoder, data, tokens = 'output', keptShare = 1, memoryLimit = 2 * 2 ** 30 } = options;
  const geometry = featureGeometry(encoder, options);
  const channels = encoder.encoder.width;
  const bytes = 2 * data.length * (1 + keptCountOf(keptShare, geometry)) * channels * 4;
  const background = defaultBackground(encoder);
  const keep = keptPatches(encoder, geometry, { keptShare, background });
  const extractor = featureExtractor({
    ...{ encoder: encoder.encoder, geometry, tokens, keep, compile: options.compile },
    attention: keep !== undefined && background === 'otsu',
  });
  const shared = { encoder, data, geometry, tokens, keptShare, channels, bytes };
  if (bytes > memoryLimit) {
    const get = async (requests: readonly FeatureRequest[]) => {
      const images = await Promise.all(requests.map(({ index }) => nextReadable(data, index)));
      return extractor.encode(
        imagesOf(images),
        requests.map(({ mirrored }) => mirrored),
      );
    };
    return { ...shared, cached: false, imagesPerSecond: undefined, get, dispose: extractor.dispose };
  }
  try {
    const { plain, mirrored, imagesPerSecond } = await encodeAll(extractor, options);
    return {
      ...shared,
      cached: true,
      imagesPerSecond,
      get: async (requests) =>
        requests.map((request) => (request.mirrored ? mirrored[request.index]! : plain[request.index]!)),
      dispose() {},
    };
  } finally {
    extractor.dispose();
  }
}

async function encodeAll(
  extractor: FeatureExtractor,
  { data, encodeBatchSize: batchSize, signal, onProgress }: FeatureStoreOptions,
): Promise<{ plain: ImageFeatures[]; mirrored: ImageFeatures[]; imagesPerSecond: number }> {
  const [plain, mirrored]: [ImageFeatures[], ImageFeatures[]] = [[], []];
  const began = performance.now();
  const title = 'Encoding images, plain and mirrored';
  for await (const batch of imageBatches(data, { batchSize, title, signal, onProgress })) {
    const [ofPlain, ofMirrored] = [
      await extractor.encode(imagesOf(batch)),
      await extractor.encode(imagesOf(batch), true),
    ];
    for (const [place, { index }] of batch.entries()) {
      plain[index] = ofPlain[place]!;
      mirrored[index] = ofMirrored[place]!;
    }
  }
  for (const features of [plain, mirrored]) fillFromNext(features, data.length);
  return { plain, mirrored, imagesPerSecond: (2000 * data.length) / (performance.now() - began) };
}

/** Gives each hole what comes next, from the beginning again after the last. */
function fillFromNext<T>(values: (T | undefined)[], length: number): void {
  let next = values.find((value) => value !== undefined);
  for (let index = length - 1; index >= 0; index--) {
    next = values[index] ?? next;
    values[index] = next;
  }
}
