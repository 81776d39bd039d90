// The images of a run, split: the built-in part data set, or a folder of the user's.

import { SemmaeError } from '@semmae/core';
import { type ImageDataset, partDataset, splitByIndex } from '@semmae/data';
import { openData, type StageOptions } from '@semmae/pipeline';

import type { Preset } from './presets';

export interface ReproImages {
  /** What models are pre-trained on, labels unseen. */
  pretrain: ImageDataset;
  /** What probes are fitted on. */
  probeTrain: ImageDataset;
  /** Held out from everything: probes and parts are scored here. */
  test: ImageDataset;
  /** Whether there are classes to probe for. */
  hasClasses: boolean;
  /** Whether every image has true parts. */
  hasParts: boolean;
}

/** One image in five of a folder is held out. */
const heldOutShare = 0.2;
const leastImages = 10;

export async function openImages(
  data: string | undefined,
  { images, imageSize }: Preset,
  stage: StageOptions = {},
): Promise<ReproImages> {
  const size = { height: imageSize, width: imageSize };
  if (data === undefined) {
    const split = (name: 'pretrain' | 'probe-train' | 'probe-test', count: number) =>
      partDataset({ ...size, seed: 0, count, split: name });
    return {
      pretrain: split('pretrain', images.pretrain),
      probeTrain: split('probe-train', images.probeTrain),
      test: split('probe-test', images.probeTest),
      hasClasses: true,
      hasParts: true,
    };
  }
  const { all } = await openData({ data }, { imageSize: size }, stage);
  if (all.length < leastImages) {
    throw new SemmaeError({
      where: '--data',
      requirement: `the folder must hold at least ${leastImages} readable images`,
      got: all.length,
      remedy: 'name a folder with more images',
    });
  }
  const { train, heldOut } = splitByIndex(all, { heldOut: Math.max(1, Math.round(all.length * heldOutShare)) });
  return {
    pretrain: train,
    probeTrain: train,
    test: heldOut,
    hasClasses: all.classNames !== undefined,
    hasParts: await everyImageHasParts(all),
  };
}

async function everyImageHasParts(data: ImageDataset): Promise<boolean> {
  for (let index = 0; index < data.length; index++) if ((await data.get(index)).parts === undefined) return false;
  return true;
}
