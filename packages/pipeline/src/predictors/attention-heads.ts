// Baseline: every attention head of the encoder is a part.

import { createPatchGrid } from '@semmae/core';
import { attentionHeadParts } from '@semmae/parts';

import { featureExtractor } from '../features/feature-extractor';
import { featureGeometry } from '../features/feature-geometry';
import { borderSaliency, cutRule, meanAttention } from './encoder-saliency';
import type { PartPredictor } from './part-predictor';
import { finishText, neededEncoder, type ResolvedOptions } from './predictor-options';

export function attentionHeads(options: ResolvedOptions): PartPredictor {
  const { compile, background, smooth, smallestArea } = options;
  const model = neededEncoder(options);
  const geometry = options.parts?.config.geometry ?? featureGeometry(model, options);
  const extractor = featureExtractor({ encoder: model.encoder, geometry, attention: true, compile });
  const [tokenGrid, mapGrid] = [geometry.tokenGrid, geometry.mapGrid].map(({ rows, columns }) =>
    createPatchGrid(rows, columns),
  ) as [ReturnType<typeof createPatchGrid>, ReturnType<typeof createPatchGrid>];
  return {
    method: 'attention-heads',
    grid: mapGrid,
    partCount: extractor.heads,
    imageSize: geometry.imageSize,
    settings: {
      encoder: { id: model.id, hash: model.hash },
      method: `attention-heads${finishText(options)}`,
      softmaxAxis: 'positions',
      blur: 'none',
      background,
      hasBackground: background !== 'none',
      scores: 'float16',
    },
    async predict(images, mirrored = false) {
      const features = await extractor.encode(images, mirrored);
      return features.map((one) => {
        const heads = {
          attention: one.attention!,
          headCount: extractor.heads,
          saliency: borderSaliency(background, one, extractor),
          ...{ grid: tokenGrid, toGrid: mapGrid, smooth, smallestArea },
        };
        const { parts, saliency } = attentionHeadParts({ ...heads, background: cutRule(background) });
        const { parts: foreground } = attentionHeadParts({ ...heads, background: 'none' });
        return { parts, foreground, saliency, attention: meanAttention(one, extractor)! };
      });
    },
    dispose: extractor.dispose,
  };
}
