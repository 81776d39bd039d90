// What the features of a model are worth: classes read from them by a linear map and by nearest neighbors.

import { assertFraction, assertInteger, assertOneOf, SemmaeError, stackRows } from '@semmae/core';
import { evaluateFeatures, type FeatureEvaluation, type Protocol, protocolNames, selectRows } from '@semmae/evaluation';

import type { AllImagesOptions } from '../batches/open-data';
import { type LabeledImages, labeledImages } from '../features/labeled-images';
import { type PooledExtractorOptions, pooledExtractor } from '../features/pooled-extractor';
import { Interrupted } from '../runs/interrupted';
import type { StageOptions } from '../runs/stage-options';
import { type ProbeResult, type ProbeScore, type SplitScores, summarizeScores } from './probe-result';
import { type ProbeSplits, probeSplits } from './probe-splits';

export interface ProbeOptions extends StageOptions, PooledExtractorOptions, AllImagesOptions {
  /** Images to judge on, where that is not a share of `data`. Classes are matched by name. */
  test?: AllImagesOptions['data'];
  /** Default: both. */
  protocols?: readonly Protocol[];
  /** How many times `data` is split anew. Default 5; not with `test`. */
  seeds?: number;
  /** Share of each class that is judged on, at least one image. Default 0.2; not with `test`. */
  heldOutShare?: number;
  /** The k of k-NN. Default 10, 20, 100 and 200, which DINO reports; all training images where there are fewer than 20. */
  neighbors?: readonly number[];
  /** Images that are encoded at a time. Default 16. */
  batchSize?: number;
  /** Whether to put the pixels of 32 x 32 images through the same protocols, so that the scores can be read. Default true. */
  pixels?: boolean;
}

/**
 * Encodes every labeled image once, splits them class by class for each seed, and judges features and pixels by `linearProbe` and
 * k-NN. The splits depend on the labels and the seed alone, so the values of two models pair. Features of all images, and as many
 * pixels, are held in memory.
 *
 * Throws a SemmaeError of one line when there are no labels, or not two classes that can be trained on and judged.
 */
export async function probe(options: ProbeOptions): Promise<ProbeResult> {
  const { seeds, heldOutShare } = chosenSplits(options);
  const { protocols = protocolNames, pixels: withPixels = true } = options;
  for (const protocol of protocols) assertOneOf('probe', 'each of `protocols`', protocol, protocolNames);
  assertInteger('probe', 'the number of `protocols`', protocols.length);
  const extractor = await pooledExtractor(options);
  const { model, pooling, width, geometry } = extractor;
  let known: LabeledImages;
  let judged: LabeledImages | undefined;
  try {
    known = await labeledImages(options, extractor, options);
    if (options.test !== undefined) {
      judged = await labeledImages({ ...options, data: options.test }, extractor, {
        ...options,
        title: 'Encoding test images',
      });
    }
  } finally {
    extractor.dispose();
  }
  const sets = probeSplits({ data: known.rows, test: judged?.rows, seeds, heldOutShare });
  const features = await judgeSplits(sets, seeds, 'features', options);
  const pixels = withPixels ? await judgeSplits(sets, seeds, 'pixels', options) : undefined;
  const { rows, splits, classes, classesLeftOut } = sets;
  const tested = [...new Set(splits.flatMap(({ heldOut }) => [...heldOut]))].map((row) => rows[row]!);
  const largest = classes.reduce((most, one) => (one.train > most.train ? one : most));
  return {
    model: model.id === undefined || model.hash === undefined ? null : { id: model.id, hash: model.hash },
    data: known.data,
    test: judged?.data ?? null,
    ...{ pooling, imageSize: geometry.imageSize, width },
    seeds,
    heldOutShare: judged ? null : heldOutShare,
    classes,
    leftOut: {
      unlabeled: known.unlabeled + (judged?.unlabeled ?? 0),
      classes: classesLeftOut,
      neighbors: features.neighborsLeftOut,
    },
    pretrainedOnTestImages: tested.some(({ seen }) => seen === undefined)
      ? null
      : tested.filter(({ seen }) => seen === true).length,
    chance: 1 / classes.length,
    majority: largest.test / splits[0]!.heldOut.length,
    scores: features.scores,
    pixels: pixels?.scores ?? [],
  };
}

/** A ready-made test set leaves nothing to split. */
function chosenSplits({ test, seeds, heldOutShare }: ProbeOptions): { seeds: number[]; heldOutShare: number } {
  if (test === undefined) {
    const [count, share] = [seeds ?? 5, heldOutShare ?? 0.2];
    assertInteger('probe', '`seeds`', count);
    assertFraction('probe', '`heldOutShare`', share);
    return { seeds: Array.from({ length: count }, (_, seed) => seed), heldOutShare: share };
  }
  if (seeds === undefined && heldOutShare === undefined) return { seeds: [0], heldOutShare: 0 };
  throw new SemmaeError({
    where: 'probe',
    requirement: '`seeds` and `heldOutShare` must be left out where there is a `test` set',
    got: `seeds ${seeds}, heldOutShare ${heldOutShare}`,
    remedy: 'it is the one split',
  });
}

async function judgeSplits(
  { rows, labels, splits, classes }: ProbeSplits,
  seeds: readonly number[],
  source: 'features' | 'pixels',
  { protocols, neighbors, compile, signal, onProgress }: ProbeOptions,
): Promise<{ scores: ProbeScore[]; neighborsLeftOut: number[] }> {
  const all = { features: stackRows(rows.map((row) => row[source]!)), labels };
  const width = rows[0]![source]!.length;
  const evaluations: (FeatureEvaluation & SplitScores)[] = [];
  for (const [place, { fitted, heldOut }] of splits.entries()) {
    Interrupted.check(signal);
    const [train, test] = [selectRows(all, fitted, width), selectRows(all, heldOut, width)];
    const evaluation = await evaluateFeatures({
      ...{
        trainFeatures: train.features,
        trainLabels: train.labels,
        testFeatures: test.features,
        testLabels: test.labels,
      },
      ...{ width, classCount: classes.length, protocols, neighbors, seed: seeds[place], compile },
    });
    evaluations.push({ ...evaluation, labels: test.labels });
    onProgress?.({
      title: `Probing ${source}`,
      done: place + 1,
      total: splits.length,
      unit: splits.length === 1 ? 'split' : 'splits',
    });
  }
  const { neighborsLeftOut } = evaluations[0]!;
  return { scores: summarizeScores(evaluations, classes.length), neighborsLeftOut };
}
