// Parts by a trained part learner.

import { createPatchGrid, highestMap, type PatchGrid, SemmaeError } from '@semmae/core';
import {
  blurKernel,
  defaultBlurSize,
  drawParts,
  dropSmallComponents,
  keptPartMap,
  type MapBlur,
  majorityFilter,
} from '@semmae/parts';
import { runDirectly } from '@semmae/train';
import * as tf from '@tensorflow/tfjs-core';
import { tokenTensors } from '../batches/part-batches';
import { featureExtractor } from '../features/feature-extractor';
import { keptPatches } from '../features/kept-patches';
import { prepareTokens } from '../features/prepare-tokens';
import { assertEncoderOf, type PartsModel } from '../models/parts-file';
import { borderSaliency, cutRule, meanAttention, onMapGrid } from './encoder-saliency';
import type { PartPredictor } from './part-predictor';
import { finishText, keptText, neededEncoder, type PredictorOptions, type ResolvedOptions } from './predictor-options';

/** Encoder, Eq. 2, argmax, background. Over parts, where maps say nothing about it, Otsu cuts the class attention instead of their sum. */
export function learnedParts(options: ResolvedOptions): PartPredictor {
  const { compile = runDirectly, background, smooth = false, smallestArea = 1 } = options;
  const encoder = neededEncoder(options);
  const parts = neededParts(options);
  assertEncoderOf(parts, encoder);
  const { geometry, tokens, classTokenSource, learner: settings } = parts.config;
  const { partCount, mapGrid: grid } = parts.learner;
  const { softmaxAxis = 'positions' } = settings;
  const keep = keptPatches(encoder, geometry, { ...parts.config, background });
  const extractor = featureExtractor({ encoder: encoder.encoder, geometry, tokens, attention: true, keep, compile });
  const asTensors = tokenTensors({
    preparation: prepareTokens(parts.config, extractor, parts.scaling),
    classTokenSource,
  });
  const attend = compile((inputs) => {
    const { queryToken, patchTokens } = inputs as { queryToken: tf.Tensor2D; patchTokens: tf.Tensor3D };
    return parts.learner.attend(queryToken, patchTokens);
  });

  return {
    method: 'learned',
    grid,
    partCount,
    imageSize: geometry.imageSize,
    settings: {
      encoder: { id: encoder.id, hash: encoder.hash },
      method: `learned, parts ${parts.hash}${finishText(options)}`,
      softmaxAxis,
      blur: blurText(settings.blur, grid),
      background: keep ? keptText(background, parts.config) : background,
      hasBackground: background !== 'none',
      scores: 'float16',
    },
    async predict(images, mirrored = false) {
      const features = await extractor.encode(images, mirrored);
      const inputs = asTensors(features);
      const { classToken, queryToken = classToken, patchTokens } = inputs;
      const maps = attend({ queryToken, patchTokens }) as tf.Tensor3D; // [B, P, N], or [B, P, K] of the patches kept
      const values = await maps.data<'float32'>();
      tf.dispose([maps, ...Object.values(inputs)]);
      const length = values.length / images.length;
      return features.map((one, place) => {
        const attention = meanAttention(one, extractor);
        const ofImage = values.slice(place * length, (place + 1) * length);
        if (one.kept !== undefined) {
          const { patches, saliency } = one.kept;
          const labels = highestMap(ofImage, createPatchGrid(1, patches.length));
          const { parts: found, foreground } = keptPartMap(labels, patches, grid);
          const smoothed = smooth ? majorityFilter(found, grid) : found;
          const finished = dropSmallComponents(smoothed, grid, smallestArea);
          return { parts: finished, foreground, saliency, ...(attention && { attention }) };
        }
        const border = borderSaliency(background, one, extractor);
        const instead = softmaxAxis === 'parts' ? attention : undefined;
        const drawn = {
          attention: ofImage,
          ...{ partCount, grid, smooth, smallestArea, softmaxAxis },
          saliency: border === undefined ? instead : onMapGrid(border, geometry),
        };
        const { parts: labels, saliency } = drawParts({ ...drawn, background: cutRule(background) });
        const { parts: foreground } = drawParts({ ...drawn, background: 'none' });
        return { parts: labels, foreground, saliency, ...(attention && { attention }) };
      });
    },
    dispose: extractor.dispose,
  };
}

function neededParts({ parts }: PredictorOptions): PartsModel {
  if (parts !== undefined) return parts;
  throw new SemmaeError({
    where: 'parts, method learned',
    requirement: 'the method needs learned parts',
    got: 'none',
    remedy: 'pass `parts`, a file of `semmae parts learn`, or another `method`',
  });
}

function blurText({ kind = 'gaussian', size }: MapBlur = {}, grid: PatchGrid): string {
  if (kind === 'none') return 'none';
  const side = blurKernel({ kind, size: size ?? defaultBlurSize(grid) }).length;
  return `${kind} ${side}`;
}
