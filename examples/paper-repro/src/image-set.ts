// The images of a run, split: the built-in part data set, or a folder of the user's.

import { stageProgress } from '@semmae/cli';
import { createRng, SemmaeError } from '@semmae/core';
import { type ImageDataset, type LabeledImage, openImageFolder, partDataset, type SkippedFile } from '@semmae/data';
import type { Preset } from './presets';

export interface ImageSet {
  name: string;
  /** What models are pre-trained on, labels unseen. */
  pretrain: LabeledImage[];
  /** What probes are fitted on; empty where the images have no class labels. */
  probeTrain: LabeledImage[];
  /** Held out from everything: probes and parts are scored here. */
  test: LabeledImage[];
  classNames: readonly string[] | undefined;
  partNames: readonly string[] | undefined;
  skipped: readonly SkippedFile[];
}

/** One image in five of a folder is held out. */
const heldOutShare = 0.2;
const leastImages = 10;
const leastPerClass = 5;

export function loadImageSet(data: string | undefined, preset: Preset): Promise<ImageSet> {
  return data === undefined ? builtInImages(preset) : folderImages(data, preset);
}

async function builtInImages({ images, imageSize }: Preset): Promise<ImageSet> {
  const size = { height: imageSize, width: imageSize };
  const pretrain = partDataset({ ...size, seed: 0, count: images.pretrain, split: 'pretrain' });
  const probeTrain = partDataset({ ...size, seed: 0, count: images.probeTrain, split: 'probe-train' });
  const test = partDataset({ ...size, seed: 0, count: images.probeTest, split: 'probe-test' });
  const progress = stageProgress(
    'Drawing the built-in data set',
    images.pretrain + images.probeTrain + images.probeTest,
    'images',
  );
  let drawn = 0;
  const all = (dataset: ImageDataset) => readAll(dataset, () => progress.update(++drawn));
  const set = {
    name: 'built-in part data set',
    pretrain: await all(pretrain),
    probeTrain: await all(probeTrain),
    test: await all(test),
    classNames: pretrain.classNames,
    partNames: pretrain.partNames,
    skipped: [],
  };
  progress.finish();
  return set;
}

async function folderImages(root: string, { imageSize }: Preset): Promise<ImageSet> {
  let progress: ReturnType<typeof stageProgress> | undefined;
  const dataset = await openImageFolder({
    root,
    height: imageSize,
    width: imageSize,
    onProgress: ({ done, total }) => {
      progress ??= stageProgress('Reading images', total, 'images');
      progress.update(done);
    },
  });
  progress?.finish();
  for (const { path, reason } of dataset.skipped) console.error(`skipped ${path}: ${reason}`);
  if (dataset.length < leastImages) {
    throw new SemmaeError({
      where: '--data',
      requirement: `the folder must hold at least ${leastImages} readable images`,
      got: dataset.length,
      remedy: 'name a folder with more images',
    });
  }
  const images = await readAll(dataset, () => {});
  const heldOut = chooseHeldOut(images.length);
  const rest = images.filter((_, index) => !heldOut.has(index));
  const classNames = probedClasses(dataset.classNames, rest);
  return {
    name: root,
    pretrain: rest,
    probeTrain: classNames === undefined ? [] : rest,
    test: images.filter((_, index) => heldOut.has(index)),
    classNames,
    partNames: partNamesOf(dataset, images),
    skipped: dataset.skipped,
  };
}

async function readAll(dataset: ImageDataset, onImage: () => void): Promise<LabeledImage[]> {
  const images: LabeledImage[] = [];
  for (let index = 0; index < dataset.length; index++) {
    images.push(await dataset.get(index));
    onImage();
  }
  return images;
}

/** The classes, unless one has too few images to fit a probe and choose its penalty: then nothing is probed, which is said. */
function probedClasses(
  classNames: readonly string[] | undefined,
  images: readonly LabeledImage[],
): readonly string[] | undefined {
  const scarce = classNames?.find((_, label) => images.filter((image) => image.label === label).length < leastPerClass);
  if (scarce === undefined) return classNames;
  console.error(`--data: class ${scarce} has fewer than ${leastPerClass} training images, so classes are not probed`);
  return undefined;
}

/** Depends on the number of images alone, so every strategy, seed and resumed run sees the same split. */
function chooseHeldOut(count: number): Set<number> {
  return new Set(
    createRng(0)
      .split('held out')
      .permutation(count)
      .subarray(0, Math.max(1, Math.round(count * heldOutShare))),
  );
}

function partNamesOf(dataset: ImageDataset, images: readonly LabeledImage[]): readonly string[] | undefined {
  if (dataset.partNames !== undefined) return dataset.partNames;
  if (images.some(({ parts }) => parts === undefined)) return undefined;
  const highest = images.reduce(
    (most, { parts }) =>
      Math.max(
        most,
        parts!.reduce((top, part) => Math.max(top, part), 0),
      ),
    0,
  );
  return Array.from({ length: highest }, (_, index) => `part ${index + 1}`);
}
