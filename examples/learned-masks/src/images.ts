// The images: drawings with exact part maps, pairs of views of them to train with, and others to look at.

import { createRng } from '@semmae/core';
import {
  type ImageDataset,
  type LabeledImage,
  multiCrop,
  normalizePixels,
  type PartImage,
  partDataset,
} from '@semmae/data';
import * as tf from '@tensorflow/tfjs-core';

/** What both players see, in pixels. */
export const imageSize = 32;
/** Of the drawings that views are cropped from, so that a view of 0.4 of the area is not blurred. */
const drawnSize = 48;
export const batchSize = 16;
const valuesOfImage = imageSize * imageSize * 3;

/** The images to train on are those of seed 0, whatever the seed of the run. */
export function trainingImages(count: number): ImageDataset {
  return partDataset({ seed: 0, count, height: drawnSize, width: drawnSize });
}

/** Images that nothing is trained on, of the size that the players see. */
export async function heldOutImages(count: number): Promise<PartImage[]> {
  const data = partDataset({ seed: 0, count, height: imageSize, width: imageSize, split: 'probe-test' });
  return Promise.all(Array.from({ length: count }, (_, index) => data.get(index)));
}

/** [images, S, S, 3], normalized. */
export function imageTensor(images: readonly LabeledImage[]): tf.Tensor4D {
  const values = new Float32Array(images.length * valuesOfImage);
  images.forEach(({ pixels }, index) => {
    normalizePixels(pixels, { into: values.subarray(index * valuesOfImage, (index + 1) * valuesOfImage) });
  });
  return tf.tensor4d(values, [images.length, imageSize, imageSize, 3]);
}

/** Two views of `batchSize` images drawn from `data`: crops of 0.4 to 1 of the area, mirrored, colors jittered; no blur, which at this size leaves nothing of the textures. */
export function viewPairs(data: ImageDataset, seed: number) {
  return async (epoch: number, step: number): Promise<{ first: tf.Tensor4D; second: tf.Tensor4D }> => {
    const rng = createRng(seed).split('views', epoch, step);
    const pair = [0, 1].map(() => new Float32Array(batchSize * valuesOfImage));
    for (let place = 0; place < batchSize; place++) {
      const globals = pair.map((all) => all.subarray(place * valuesOfImage, (place + 1) * valuesOfImage));
      const image = await data.get(rng.integer(data.length));
      const crops = { globalSize: imageSize, globalScale: [0.4, 1] as const, localCount: 0, blur: false as const };
      multiCrop(image, rng, { ...crops, into: { globals } });
    }
    const [first, second] = pair.map((all) => tf.tensor4d(all, [batchSize, imageSize, imageSize, 3]));
    return { first: first!, second: second! };
  };
}
