// What a frozen encoder is worth: linear probe and k-NN on its features, and the floor that pixels alone reach.
//
// Features are the class token and the mean of the patch tokens side by side, iBOT's protocol for ViT-B (see
// https://arxiv.org/abs/2111.07832). MAE probes the class token alone; after runs this short it lags behind the patches.

import { stackRows } from '@semmae/core';
import type { LabeledImage } from '@semmae/data';
import { kNearestNeighbors, linearProbe } from '@semmae/evaluation';
import type { Compile } from '@semmae/train';
import type { ViTEncoder } from '@semmae/vit';

import { probeFeatures } from '../features';
import type { ImageSet } from '../image-set';
import type { RunContext } from '../run-context';
import { normalizedPixels } from '../samples';

export interface Accuracy {
  linear: number | null;
  knn: number | null;
}

/** Side of the images whose pixels the baseline reads. */
const baselineSide = 32;

/** Probes the encoder on held-out images, fitted on the probe images; nulls where the images have no labels. */
export async function evaluateEncoder(
  encoder: ViTEncoder,
  { images, evaluation, preset, backend }: RunContext,
): Promise<Accuracy> {
  if (images.classNames === undefined) return { linear: null, knn: null };
  const featuresOf = async (pixels: readonly Float32Array[]) =>
    stackRows(await probeFeatures(encoder, pixels, preset.imageSize));
  const options = probeOptions(
    images,
    await featuresOf(evaluation.probeTrain),
    await featuresOf(evaluation.test),
    backend.compile,
  );
  const linear = await linearProbe(options);
  const knn = await kNearestNeighbors(options);
  return { linear: linear.accuracy, knn: knn.accuracy };
}

/** Linear probe on the pixels of 32x32 images: what can be told without any features. */
export async function pixelsBaseline({ images, backend }: RunContext): Promise<number | null> {
  if (images.classNames === undefined) return null;
  const pixels = (split: readonly LabeledImage[]) => stackRows(normalizedPixels(split, baselineSide));
  const { accuracy } = await linearProbe(
    probeOptions(images, pixels(images.probeTrain), pixels(images.test), backend.compile),
  );
  return accuracy;
}

function probeOptions(
  { classNames, probeTrain, test }: ImageSet,
  trainFeatures: Float32Array,
  testFeatures: Float32Array,
  compile: Compile,
) {
  const width = trainFeatures.length / probeTrain.length;
  return {
    trainFeatures,
    trainLabels: labelsOf(probeTrain),
    testFeatures,
    testLabels: labelsOf(test),
    width,
    classCount: classNames?.length ?? 0,
    compile,
  };
}

function labelsOf(images: readonly LabeledImage[]): Int32Array {
  return Int32Array.from(images, ({ label }) => label!);
}
