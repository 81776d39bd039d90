// Baselines that look at no features: colors, a grid, chance, the truth. An encoder, where given, tells them background.

import { createRng, majorityLabels, type PatchGrid, patchLabelCounts, SemmaeError } from '@semmae/core';
import { applyViewToPixels, cutPixels, fullView, type LabeledImage } from '@semmae/data';
import { colorPositionParts, cutBackground, randomParts, spatialGridParts } from '@semmae/parts';

import { featureExtractor } from '../features/feature-extractor';
import { featureGeometry } from '../features/feature-geometry';
import { imageBatches, imagesOf } from '../features/image-batches';
import { encoderSaliency } from './encoder-saliency';
import { trainingImages } from './k-means';
import type { PartPredictor } from './part-predictor';
import { type PredictorOptions, plainGeometry, type ResolvedOptions } from './predictor-options';

type Assign = (image: LabeledImage, mirrored: boolean) => Uint8Array;

/** Predicts with `assign`, whose parts are 1 .. P; Otsu's cut of the encoder's saliency makes the background, if there is one. */
async function withoutFeatures(
  options: ResolvedOptions,
  make: (grid: PatchGrid, partCount: number) => Promise<Assign> | Assign,
): Promise<PartPredictor> {
  const { method, encoder, parts, background, tokens, compile, partCount = 6 } = options;
  const { imageSize, grid } = plainGeometry(options);
  const assign = await make(grid, partCount);
  const geometry = parts?.config.geometry ?? (encoder && featureGeometry(encoder, options));
  const extractor =
    encoder && geometry && featureExtractor({ encoder: encoder.encoder, geometry, tokens, attention: true, compile });
  const cuts = extractor !== undefined && background !== 'none';
  return {
    method,
    grid,
    partCount,
    imageSize,
    settings: {
      method: methodText(options),
      encoder: encoder ? { id: encoder.id, hash: encoder.hash } : { id: 'none', hash: '' },
      softmaxAxis: 'unknown',
      blur: 'none',
      background: cuts ? background : 'none',
      hasBackground: cuts,
      scores: extractor ? 'float16' : 'none',
    },
    async predict(images, mirrored = false) {
      const features = await extractor?.encode(images, mirrored);
      return images.map((image, place) => {
        const foreground = assign(image, mirrored);
        if (features === undefined) return { parts: foreground, foreground };
        const found = encoderSaliency(background, features[place]!, extractor!);
        const parts = cuts ? cutBackground(foreground, found.saliency!) : foreground;
        return { parts, foreground, ...found };
      });
    },
    dispose: () => extractor?.dispose(),
  };
}

function methodText({ method, seed = 0, training }: PredictorOptions): string {
  if (method === 'grid') return method;
  return method === 'color' ? `color of ${training?.length} images, seed ${seed}` : `${method}, seed ${seed}`;
}

/** The same cells in every image. */
export function spatialGrid(options: ResolvedOptions): Promise<PartPredictor> {
  return withoutFeatures(options, (grid, partCount) => {
    const cells = spatialGridParts(grid, partCount);
    return () => cells;
  });
}

/** A draw of its own for each image and each mirror image, by name. */
export function chance(options: ResolvedOptions): Promise<PartPredictor> {
  const rng = createRng(options.seed ?? 0).split('random parts');
  return withoutFeatures(
    options,
    (grid, partCount) => (image, mirrored) =>
      randomParts({ grid, partCount, rng: rng.split(image.id, mirrored ? 'mirrored' : 'plain') }),
  );
}

/** Clusters of color and position. */
export function colors(options: ResolvedOptions): Promise<PartPredictor> {
  const { signal, onProgress } = options;
  return withoutFeatures(options, async (grid, partCount) => {
    const training = trainingImages(options);
    const images: LabeledImage[] = [];
    for await (const batch of imageBatches(training, { title: 'Reading images', signal, onProgress }))
      images.push(...imagesOf(batch));
    const rng = createRng(options.seed ?? 0).split('colours');
    const clusters = colorPositionParts({ images, grid, partCount, rng });
    return (image, mirrored) => clusters.assign(mirrored ? mirrorImage(image) : image);
  });
}

/** The commonest true label of each patch, 0 = background. Counts the parts over `training`. */
export async function groundTruth(options: PredictorOptions): Promise<PartPredictor> {
  const { imageSize, grid } = plainGeometry(options);
  const { signal, onProgress } = options;
  const training = trainingImages(options);
  let partCount = 1;
  for await (const batch of imageBatches(training, { title: 'Reading masks', signal, onProgress })) {
    for (const image of imagesOf(batch)) {
      for (const label of truthOf(image)) if (label !== image.ignoreLabel && label > partCount) partCount = label;
    }
  }
  return {
    method: 'ground-truth',
    grid,
    partCount,
    imageSize,
    settings: {
      method: 'ground-truth',
      encoder: { id: 'none', hash: '' },
      softmaxAxis: 'unknown',
      blur: 'none',
      background: 'ground truth',
      hasBackground: true,
      scores: 'float16',
    },
    predict: async (images, mirrored = false) =>
      images.map((image) => {
        const seen = mirrored ? mirrorImage(image) : image;
        const ignore = image.ignoreLabel;
        const parts = majorityLabels(truthOf(seen), image, grid, { ignore, where: 'ground truth' });
        return { parts, foreground: parts, saliency: foregroundShares(seen, grid) };
      }),
    dispose() {},
  };
}

/** Share of the pixels of each patch that belong to a part, [N]; pixels without a label belong to none. */
function foregroundShares({ parts, ignoreLabel, ...size }: LabeledImage, grid: PatchGrid): Float32Array {
  const { counts, labels } = patchLabelCounts('ground truth', parts!, size, grid);
  return Float32Array.from({ length: grid.patchCount }, (_, patch) => {
    const ofLabel = counts.subarray(patch * labels.length, (patch + 1) * labels.length);
    const all = ofLabel.reduce((sum, count) => sum + count, 0);
    const inside = ofLabel.filter((_, place) => labels[place] !== 0 && labels[place] !== ignoreLabel);
    return inside.reduce((sum, count) => sum + count, 0) / all;
  });
}

export function truthOf({ id, parts }: LabeledImage): Uint8Array | Uint16Array {
  if (parts !== undefined) return parts;
  throw new SemmaeError({
    where: 'ground truth',
    requirement: `${id} must have a mask`,
    got: 'none',
    remedy:
      'put PNGs of part labels, named like the images, into masks/ beside images/, name their folder with `masks`, or pass `labelFree`',
  });
}

function mirrorImage(image: LabeledImage): LabeledImage {
  const { height, width, parts } = image;
  const view = { ...fullView(image), flip: true };
  const size = { sourceHeight: height, sourceWidth: width, height, width };
  return { ...image, pixels: cutPixels(image, view), parts: parts && applyViewToPixels(parts, view, size) };
}
