// Every score of part maps in one record.

import { assertInteger, assertLength, type PatchGrid, patchLabelCounts, SemmaeError } from '@semmae/core';

import { adjustedRandIndex } from './adjusted-rand-index';
import { type ForegroundScores, foregroundScorer } from './foreground-scorer';
import type { LandmarkScores } from './landmark-regression';
import { normalizedMutualInformation } from './normalized-mutual-information';
import { partComponents } from './part-components';
import { mirroredPatches, type PartConsistencyScores, partConsistency } from './part-consistency';
import { type PartContingency, partContingency } from './part-contingency';
import { type PredictedImages, partLandmarks } from './part-landmarks';
import { type PartMatching, partMatching } from './part-matching';
import type { PartTruth } from './part-truth';
import { partUsage } from './part-usage';

export interface PartPrediction {
  /** Part of every patch, 0 = background: [N]. */
  parts: Uint8Array;
  /** Part of every patch before background is cut, for the foreground scores: [N]. Default: `parts`. */
  foreground?: Uint8Array;
  /** How likely each patch shows an object, [N]. */
  saliency?: ArrayLike<number>;
  /**
   * `foreground`, or else `parts`, of the mirrored image, not mirrored back: [N]. Better without background, whose changes would
   * hide those of the parts.
   */
  mirrored?: Uint8Array;
  /** The same of a crop, and for each of its patches the patch of the image that shows the same place: [N] and [N]. */
  cropped?: { parts: Uint8Array; source: Int32Array };
}

export interface EvaluatePartsOptions {
  predictions: readonly PartPrediction[];
  /** Labels per pixel of the same images. Without them only the scores that need none are given. */
  truths?: readonly PartTruth[];
  /** Other images to fit the regression of landmarks on. */
  landmarkTraining?: PredictedImages;
  grid: PatchGrid;
  partCount: number;
}

/** Predicted against true labels; `iou` and `matches` of the matching speak of rows and columns, named by the labels. */
export interface PartAgreement extends PartMatching {
  nmi: number;
  ari: number;
  predictedLabels: number[];
  trueLabels: number[];
}

/** Plain numbers, lists and nulls: ready for JSON. */
export interface PartEvaluation {
  imageCount: number;
  partCount: number;
  /** Images with a pixel whose true label is neither background nor ignored. Null without ground truth. */
  foregroundImageCount: number | null;
  /** All pixels; background is a label like any other on both sides. Null without ground truth, and where every pixel is ignored. */
  everywhere: PartAgreement | null;
  /** Pixels whose true label is not background, and `foreground` of the prediction. Null without ground truth, and where none is. */
  foreground: PartAgreement | null;
  /** Foreground against background, whatever the part. Null without ground truth. */
  object: ForegroundScores | null;
  /** Shares of the patches, index 0 = background; see `partUsage`. */
  usage: { shares: number[]; dead: number[]; effectiveParts: number; entropy: number };
  /** See `partComponents`. */
  components: number | null;
  /** Mirrored against plain images; null unless every prediction has `mirrored`. */
  flipConsistency: PartConsistencyScores | null;
  /** Crops against whole images; null unless every prediction has `cropped`. */
  cropConsistency: PartConsistencyScores | null;
  /** See `partLandmarks`; null without ground truth or `landmarkTraining`. */
  landmarks: LandmarkScores | null;
}

/**
 * Scores a data set once, over all its pixels. Each pixel takes the label of the patch that holds its center; pixels that
 * a truth ignores do not count. Images may differ in size, their patch grid may not.
 *
 * Conventions of Choudhury et al., "Unsupervised Part Discovery from Contrastive Reconstruction",
 * https://arxiv.org/abs/2111.06349: labels of all images together, foreground = true label > 0.
 */
export function evaluateParts(options: EvaluatePartsOptions): PartEvaluation {
  const { predictions, truths, landmarkTraining, grid, partCount } = options;
  assertInteger('evaluateParts', 'partCount', partCount);
  predictions.forEach((prediction, image) => {
    assertPrediction(prediction, grid, partCount, `evaluateParts, image ${image}`);
  });
  const partMaps = predictions.map(({ parts }) => parts);
  const { shares, ...usage } = partUsage(partMaps, partCount);
  return {
    imageCount: predictions.length,
    partCount,
    ...againstTruth(predictions, truths, grid),
    usage: { shares: [...shares], ...usage },
    components: partComponents(partMaps, grid),
    flipConsistency: flipConsistency(predictions, grid, partCount),
    cropConsistency: cropConsistency(predictions, partCount),
    landmarks:
      truths && landmarkTraining
        ? partLandmarks({ train: landmarkTraining, test: { predictions, truths }, grid, partCount })
        : null,
  };
}

function againstTruth(
  predictions: readonly PartPrediction[],
  truths: readonly PartTruth[] | undefined,
  grid: PatchGrid,
): Pick<PartEvaluation, 'foregroundImageCount' | 'everywhere' | 'foreground' | 'object'> {
  if (truths === undefined) return { foregroundImageCount: null, everywhere: null, foreground: null, object: null };
  assertLength('evaluateParts', 'truths', truths, predictions.length, 'pass the labels of the same images');
  const [everywhere, foreground] = [partContingency(), partContingency()];
  const object = foregroundScorer(grid);
  let foregroundImageCount = 0;
  for (const [image, prediction] of predictions.entries()) {
    const truth = truths[image]!;
    const { counts, labels } = patchLabelCounts(`evaluateParts, image ${image}`, truth.labels, truth, grid);
    if (labels.some((label) => label > 0 && label !== truth.ignore)) foregroundImageCount++;
    const { parts, foreground: argmax = parts } = prediction;
    for (let cell = 0; cell < counts.length; cell++) {
      if (counts[cell] === 0) continue;
      const [patch, label] = [Math.floor(cell / labels.length), labels[cell % labels.length]!];
      if (label === truth.ignore) continue;
      everywhere.addCount(parts[patch]!, label, counts[cell]!);
      if (label > 0) foreground.addCount(argmax[patch]!, label, counts[cell]!);
    }
    object.add({ ...prediction, mask: truth });
  }
  const agreements = { everywhere: agreement(everywhere), foreground: agreement(foreground) };
  return { foregroundImageCount, ...agreements, object: object.scores() };
}

/** Null where fewer than two pixels can be scored. */
function agreement(contingency: PartContingency): PartAgreement | null {
  const [table, labels] = [contingency.table(), contingency.labels()];
  const [nmi, ari, matching] = [normalizedMutualInformation(table), adjustedRandIndex(table), partMatching(table)];
  if (nmi === null || ari === null || matching === null) return null;
  return {
    ...{ nmi, ari, ...matching },
    predictedLabels: labels.predicted,
    trueLabels: labels.truth,
  };
}

function flipConsistency(
  predictions: readonly PartPrediction[],
  grid: PatchGrid,
  partCount: number,
): PartConsistencyScores | null {
  const consistency = partConsistency(partCount);
  const source = mirroredPatches(grid);
  for (const { parts, foreground = parts, mirrored } of predictions) {
    if (mirrored === undefined) return null;
    consistency.add({ parts: foreground, view: mirrored, source });
  }
  return predictions.length > 0 ? consistency.scores() : null;
}

function cropConsistency(predictions: readonly PartPrediction[], partCount: number): PartConsistencyScores | null {
  const consistency = partConsistency(partCount);
  for (const { parts, foreground = parts, cropped } of predictions) {
    if (cropped === undefined) return null;
    consistency.add({ parts: foreground, view: cropped.parts, source: cropped.source });
  }
  return predictions.length > 0 ? consistency.scores() : null;
}

function assertPrediction(prediction: PartPrediction, grid: PatchGrid, partCount: number, where: string): void {
  const remedy = `the grid has ${grid.rows}x${grid.columns} patches`;
  for (const name of ['parts', 'foreground', 'saliency', 'mirrored'] as const) {
    const values = prediction[name];
    if (values === undefined) continue;
    assertLength(where, name, values, grid.patchCount, remedy);
    if (name === 'saliency') continue;
    const foreign = Array.from(values).find((part) => part > partCount);
    if (foreign === undefined) continue;
    throw new SemmaeError({ where, requirement: `${name} must hold ids of at most ${partCount}`, got: foreign });
  }
}
