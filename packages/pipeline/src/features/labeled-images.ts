// The labeled images of a data set as rows: features of a model, and what their pixels say without it.

import { applyView, fullView } from '@semmae/data';

import { type AllImagesOptions, openData } from '../batches/open-data';
import { seenImages } from '../models/trained-images';
import { type DataRecord, dataRecord } from '../runs/data-record';
import type { StageOptions } from '../runs/stage-options';
import { type ImageBatchesOptions, imageBatches } from './image-batches';
import type { PooledExtractor } from './pooled-extractor';

export interface LabeledRow {
  label: number;
  /** The label itself where classes have no names. */
  className: string;
  /** [D] */
  features: Float32Array;
  /** Normalized pixels of the whole image at 32 x 32, [3072]; where asked for. */
  pixels?: Float32Array;
  /** Whether the model was trained on the image; undefined where that is not known. */
  seen: boolean | undefined;
}

export interface LabeledImages {
  data: DataRecord;
  rows: LabeledRow[];
  /** Images without a label, which are passed over. */
  unlabeled: number;
}

export interface LabeledImagesOptions extends ImageBatchesOptions, Pick<StageOptions, 'onWarning'> {
  /** Default true. */
  pixels?: boolean;
}

/** Side of the images whose pixels are kept. */
const side = 32;

export async function labeledImages(
  source: AllImagesOptions,
  extractor: PooledExtractor,
  options: LabeledImagesOptions,
): Promise<LabeledImages> {
  const { all: data } = await openData(source, extractor.geometry, options);
  const { provenance } = extractor.model;
  const seen = provenance && seenImages(provenance, data);
  const rows: LabeledRow[] = [];
  let index = 0;
  for await (const images of imageBatches(data, options)) {
    const labeled = images.filter(({ label }) => label !== undefined);
    const features = labeled.length > 0 ? await extractor.encode(labeled) : [];
    for (const image of images) {
      const { label } = image;
      if (label !== undefined) {
        rows.push({
          label,
          className: data.classNames?.[label] ?? String(label),
          features: features[labeled.indexOf(image)]!,
          pixels:
            options.pixels === false ? undefined : applyView(image, fullView(image), { height: side, width: side }),
          seen: seen?.[index],
        });
      }
      index++;
    }
  }
  return { data: dataRecord(data), rows, unlabeled: data.length - rows.length };
}
