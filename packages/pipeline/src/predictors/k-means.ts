// Baseline: clusters of the encoder's patch tokens are parts.

import { createPatchGrid, createRng, SemmaeError } from '@semmae/core';
import type { ImageDataset } from '@semmae/data';
import { cutBackground, keptPartMap, kMeansParts, type TokenPreparation, tokenScaling } from '@semmae/parts';

import { type FeatureExtractor, featureExtractor, type ImageFeatures } from '../features/feature-extractor';
import { featureGeometry } from '../features/feature-geometry';
import { imageBatches, imagesOf } from '../features/image-batches';
import { keptPatches } from '../features/kept-patches';
import { preparedPatches, prepareTokens } from '../features/prepare-tokens';
import { encoderSaliency, meanAttention } from './encoder-saliency';
import type { PartPredictor } from './part-predictor';
import { keptText, neededEncoder, type PredictorOptions, type ResolvedOptions } from './predictor-options';

/** Fits the clusters on `training`. Where maps are finer than tokens, each patch passes its part on to its cells. */
export async function kMeansClusters(options: ResolvedOptions): Promise<PartPredictor> {
  const { compile, background, tokens, partCount = 6, seed = 0 } = options;
  const model = neededEncoder(options);
  const geometry = options.parts?.config.geometry ?? featureGeometry(model, options);
  const keep = keptPatches(model, geometry, options);
  const extractor = featureExtractor({ encoder: model.encoder, geometry, tokens, attention: true, keep, compile });
  const tokenGrid = createPatchGrid(geometry.tokenGrid.rows, geometry.tokenGrid.columns);
  const grid = createPatchGrid(geometry.mapGrid.rows, geometry.mapGrid.columns);
  const { features, preparation } = await preparedTokens(extractor, trainingImages(options), options);
  const { assign } = kMeansParts({
    features,
    dimensions: preparation.channels,
    grid: keep ? createPatchGrid(1, features[0]!.length / preparation.channels) : tokenGrid,
    partCount,
    rng: createRng(seed).split('k-means'),
  });
  const cells = Int32Array.from({ length: grid.patchCount }, (_, cell) => {
    const row = Math.floor((Math.floor(cell / grid.columns) * tokenGrid.rows) / grid.rows);
    return row * tokenGrid.columns + Math.floor(((cell % grid.columns) * tokenGrid.columns) / grid.columns);
  });
  return {
    method: 'k-means',
    grid,
    partCount,
    imageSize: geometry.imageSize,
    settings: {
      encoder: { id: model.id, hash: model.hash },
      method: `k-means of ${tokensText(options)} of ${options.training?.length} images, seed ${seed}`,
      softmaxAxis: 'unknown',
      blur: 'none',
      background: keep ? keptText(background, options) : background,
      hasBackground: background !== 'none',
      scores: 'float16',
    },
    async predict(images, mirrored = false) {
      return (await extractor.encode(images, mirrored)).map((features) => {
        const clusters = assign(preparedPatches(preparation, features));
        if (features.kept !== undefined) {
          const attention = meanAttention(features, extractor);
          const { patches, saliency } = features.kept;
          return { ...keptPartMap(clusters, patches, grid), saliency, ...(attention && { attention }) };
        }
        const found = encoderSaliency(background, features, extractor);
        const foreground = Uint8Array.from(cells, (patch) => clusters[patch]!);
        const parts = background === 'none' ? foreground : cutBackground(foreground, found.saliency!);
        return { parts, foreground, ...found };
      });
    },
    dispose: extractor.dispose,
  };
}

/** Tokens of the training images, and how those of any image are prepared: with statistics of mirror images too, as for `learnParts`. */
async function preparedTokens(
  extractor: FeatureExtractor,
  training: ImageDataset,
  options: PredictorOptions,
): Promise<{ features: Float32Array[]; preparation: TokenPreparation }> {
  const { standardize = false, signal, onProgress } = options;
  const plain: ImageFeatures[] = [];
  const mirrored: Float32Array[] = [];
  for await (const images of imageBatches(training, { title: 'Encoding images for k-means', signal, onProgress })) {
    plain.push(...(await extractor.encode(imagesOf(images))));
    if (standardize) mirrored.push(...(await extractor.encode(imagesOf(images), true)).map((one) => one.patchTokens));
  }
  const scaling = standardize
    ? await tokenScaling([...plain.map((one) => one.patchTokens), ...mirrored], extractor.channels)
    : undefined;
  const preparation = prepareTokens(options, extractor, scaling);
  return {
    features: plain.map((one) => preparedPatches(preparation, one)),
    preparation,
  };
}

function tokensText({ tokens = 'output', standardize, placeWeight, placeFrame }: PredictorOptions): string {
  const frame = placeFrame === 'object' ? ' in the object' : '';
  const place = placeWeight ? ` with place ${placeWeight}${frame}` : '';
  return `${standardize ? 'standardized ' : ''}${tokens} tokens${place}`;
}

/** The images to fit clusters on. */
export function trainingImages({ training, method }: PredictorOptions): ImageDataset {
  if (training !== undefined) return training;
  throw new SemmaeError({
    where: `parts, method ${method}`,
    requirement: 'the method needs training images',
    got: 'none',
  });
}
