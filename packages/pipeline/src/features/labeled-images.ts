// The labeled images of a data set as rows: features of a model, and what their pixels say without it.

import { applyView, fullView } from '@semmae/data';

import { type AllImagesOptions, openData } from '../batches/open-data';
import { seenImages } from '../models/trained-images';
import { type DataRecord, dataRecord } from '../runs/data-record';
import type { StageOptions } from '../runs/stage-options';
import { type ImageBatchesOptions, imageBatches, imagesOf } from './image-batches';
import type { PooledExtractor } from './pooled-extractor';

export interface LabeledRow {
  label: number;
  /** The label itself where classes have no names. */
  className: string;
  /** [D] */
  features: Float32Array;
  /** Normalized pixels of the whole image at 32 x 32, [1024 * channels]; where asked for. */
  pixels?: Float32Array;
  /** Whether the model was trained on the image; undefined where that is not known. */
  seen: boolean | undefined;
}

export interface LabeledImages {
  data: DataRecord;
  rows: LabeledRow[];
  /** Images that were read but have no label, and are passed over. */
  unlabeled: number;
}

export interface LabeledImagesOptions extends ImageBatchesOptions, Pick<StageOptions, 'onData'> {
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
  const { all: data } = await openData(source, { ...extractor.geometry, labels: false }, options);
  const { provenance, encoder } = extractor.model;
  const statistics = encoder.channels === 3 ? undefined : extractor.geometry.statistics;
  const seen = provenance && seenImages(provenance, data);
  const rows: LabeledRow[] = [];
  let unlabeled = 0;
  for await (const images of imageBatches(data, options)) {
    const labeled = images.filter(({ image }) => image.label !== undefined);
    const features = labeled.length > 0 ? await extractor.encode(imagesOf(labeled)) : [];
    unlabeled += images.length - labeled.length;
    for (const [place, { index, image }] of labeled.entries()) {
      const label = image.label!;
      rows.push({
        label,
        className: data.classNames?.[label] ?? String(label),
        features: features[place]!,
        pixels:
          options.pixels === false
            ? undefined
            : applyView(image, fullView(image), { height: side, width: side, statistics }),
        seen: seen?.[index],
      });
    }
  }
  return { data: dataRecord(data), rows, unlabeled };
}
