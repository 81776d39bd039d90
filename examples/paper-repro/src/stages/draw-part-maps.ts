// From learned attention maps to a part map of every image: argmax, less background.

import { stageProgress } from '@semmae/cli';
import { stackRows } from '@semmae/core';
import { type PartLearner, partMap } from '@semmae/parts';
import * as tf from '@tensorflow/tfjs-core';
import { encodeImages, type Features } from '../features';
import type { Guide } from '../samples';
import type { LearnedParts } from './learn-parts';

/** What was learned about one image. */
export interface LearnedImageParts extends Guide {
  /** Argmax of the maps without a background class: what foreground scores judge. */
  foreground: Uint8Array;
}

/** Part map and attention of every image, all as the image stands (not mirrored). */
export async function drawPartMaps(
  { encoder, learner }: LearnedParts,
  pixels: readonly Float32Array[],
  size: number,
): Promise<LearnedImageParts[]> {
  const { grid } = learner;
  const progress = stageProgress('Drawing part maps', pixels.length, 'images');
  const { meanTokens, patchTokens, attention } = await encodeImages(encoder, pixels, size, (done) =>
    progress.update(done),
  );
  const maps = await attendAll(learner, { meanTokens, patchTokens, attention });
  progress.finish();
  return maps.map((map, index) => {
    const { partCount: parts } = learner;
    const withBackground = partMap({ attention: map, partCount: parts, grid });
    const foreground = partMap({ attention: map, partCount: parts, grid, background: 'none' });
    return { parts: withBackground.parts, foreground: foreground.parts, attention: attention[index]! };
  });
}

const mapBatchSize = 128;

async function attendAll(learner: PartLearner, { meanTokens, patchTokens }: Features): Promise<Float32Array[]> {
  const maps: Float32Array[] = [];
  const { patchCount } = learner.grid;
  for (let start = 0; start < meanTokens.length; start += mapBatchSize) {
    const count = Math.min(mapBatchSize, meanTokens.length - start);
    const attention = tf.tidy(() => {
      const width = meanTokens[start]!.length;
      const classToken = tf.tensor2d(stackRows(meanTokens.slice(start, start + count)), [count, width]);
      return learner.attend(
        classToken,
        tf.tensor3d(stackRows(patchTokens.slice(start, start + count)), [count, patchCount, width]),
      );
    });
    const values = (await attention.data()) as Float32Array;
    attention.dispose();
    const length = values.length / count;
    for (let row = 0; row < count; row++) maps.push(values.slice(row * length, (row + 1) * length));
  }
  return maps;
}
