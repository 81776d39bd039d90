// The labeled images of a data set as rows: features of a model, and what their pixels say without it.

import { applyView, fullView, type ImageDataset } from '@semmae/data';

import { seenImages, type TrainingImages } from '../models/trained-images';
import { type ImageBatchesOptions, imageBatches } from './image-batches';
import type { PooledExtractor } from './pooled-extractor';

export interface LabeledRow {
  label: number;
  /** The label itself where classes have no names. */
  className: string;
  /** [D] */
  features: Float32Array;
  /** Normalized pixels of the whole image at 32 x 32, [3072]. */
  pixels: Float32Array;
  /** Whether the model was trained on the image; undefined where that is not known. */
  seen: boolean | undefined;
}

export interface LabeledRowsOptions extends ImageBatchesOptions {
  /** Of the model. */
  provenance?: TrainingImages;
}

/** Side of the images whose pixels are kept. */
const side = 32;

/** Images without a label are passed over. */
export async function labeledRows(
  data: ImageDataset,
  extractor: PooledExtractor,
  { provenance, ...batches }: LabeledRowsOptions,
): Promise<LabeledRow[]> {
  const seen = provenance && seenImages(provenance, data);
  const rows: LabeledRow[] = [];
  let index = 0;
  for await (const images of imageBatches(data, batches)) {
    const labeled = images.filter(({ label }) => label !== undefined);
    const features = labeled.length > 0 ? await extractor.encode(labeled) : [];
    for (const image of images) {
      const { label } = image;
      if (label !== undefined) {
        rows.push({
          label,
          className: data.classNames?.[label] ?? String(label),
          features: features[labeled.indexOf(image)]!,
          pixels: applyView(image, fullView(image), { height: side, width: side }),
          seen: seen?.[index],
        });
      }
      index++;
    }
  }
  return rows;
}
