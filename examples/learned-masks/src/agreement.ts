// How well a segmentation agrees with the true parts, and with the object as a whole.

import type { PartImage } from '@semmae/data';
import { partScorer } from '@semmae/parts';

import type { Segmentation } from './segmentation';

/** Against the true parts, the background one of them, or against object and background alone. */
export interface Agreement {
  /** Pixels of all images counted together, so that a label has to mean the same in all of them. */
  nmi: number;
  ari: number;
  objectNmi: number;
  objectAri: number;
  /** Means over images of each image's own scores: labels may mean something else in each. */
  imageNmi: number;
  imageAri: number;
  imageObjectNmi: number;
  imageObjectAri: number;
  /** Mean over images of the intersection over union of the object and the one label that fits it best. */
  bestLabelIou: number;
}

export function agreement(segmentation: Segmentation, images: readonly PartImage[]): Agreement {
  const pairs = images.map(({ parts }, index) => ({ predicted: segmentation[index]!, truth: parts }));
  const objects = pairs.map(({ predicted, truth }) => ({ predicted, truth: truth.map((part) => Math.min(part, 1)) }));
  const [ofParts, ofObject] = [scores(pairs), scores(objects)];
  const eachOfParts = pairs.map((pair) => scores([pair]));
  const eachOfObject = objects.map((pair) => scores([pair]));
  return {
    ...ofParts,
    objectNmi: ofObject.nmi,
    objectAri: ofObject.ari,
    imageNmi: mean(eachOfParts.map(({ nmi }) => nmi)),
    imageAri: mean(eachOfParts.map(({ ari }) => ari)),
    imageObjectNmi: mean(eachOfObject.map(({ nmi }) => nmi)),
    imageObjectAri: mean(eachOfObject.map(({ ari }) => ari)),
    bestLabelIou: mean(objects.map(bestLabelIou)),
  };
}

interface LabelPair {
  predicted: Uint8Array;
  truth: Uint8Array;
}

function scores(pairs: readonly LabelPair[]): { nmi: number; ari: number } {
  const scorer = partScorer();
  for (const pair of pairs) scorer.add(pair);
  const { nmi, ari } = scorer.scores();
  return { nmi: nmi!, ari: ari! }; // every image has pixels
}

/** `truth` is 1 on the object, 0 elsewhere. */
function bestLabelIou({ predicted, truth }: LabelPair): number {
  const ious = [...new Set(predicted)].map((label) => {
    let [both, either] = [0, 0];
    truth.forEach((inside, pixel) => {
      const covered = predicted[pixel] === label;
      if (covered && inside) both++;
      if (covered || inside) either++;
    });
    return both / either;
  });
  return Math.max(...ious);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
