// A panel of images and what was found in them, as one PNG.

import { resolve } from 'node:path';

import type { PatchGrid } from '@semmae/core';
import {
  type ImageDataset,
  type LabeledImage,
  openPartShard,
  type PartShard,
  readableSubset,
  withPartMaps,
} from '@semmae/data';
import { attentionPicture, contactSheet, type Picture, partPicture, pixelPicture, writePng } from '@semmae/report';

import { type DataOptions, evenlySpaced, openData } from '../batches/open-data';
import { describeEncoder } from '../models/load-model';
import { type NamedPredictorOptions, openPredictor } from '../predictors/open-predictor';
import type { PredictedParts } from '../predictors/part-predictor';

export interface ShowPartsOptions extends Partial<Omit<NamedPredictorOptions, keyof DataOptions>>, DataOptions {
  /** A shard whose maps to show. Default: they are predicted, as the other options say. */
  shard?: string;
  /** The PNG to write. */
  out: string;
  /** Rows, evenly spaced over the images that are held out, or over all. Default 16. */
  images?: number;
  /** Channels, from 0, that pictures show: three, or one in gray. Default: the first three; the first of one or two. */
  showBands?: readonly number[];
  /** Enlargement of the pictures. Default 1. */
  scale?: number;
}

/** What a row shows; null is an empty cell. */
type Row = Record<string, Picture | null>;

/**
 * Columns: image, parts over the image, their argmax before the background was cut, class attention of the encoder, the saliency
 * that tells background, the true parts. A column that no row can fill is left out. Gives the absolute path.
 */
export async function showParts({
  out,
  images = 16,
  scale = 1,
  showBands,
  ...options
}: ShowPartsOptions): Promise<string> {
  const { data, found, grid } = await (options.shard === undefined
    ? predicted(options, images)
    : stored(options, images));
  const rows: Row[] = [];
  for (let index = 0; index < data.length; index++) {
    rows.push(drawRow(await data.get(index), found[index]!, { grid, showBands }));
  }
  const columns = Object.keys(rows[0]!).filter((name) => rows.some((row) => row[name] !== null));
  const sheet = await contactSheet({
    rows: rows.map((row) => columns.map((name) => row[name] ?? null)),
    columnCaptions: columns,
    rowCaptions: Array.from({ length: data.length }, (_, index) => data.idAt(index)),
    scale,
  });
  const path = resolve(out);
  await writePng(path, sheet);
  return path;
}

function drawRow(
  image: LabeledImage,
  found: Partial<PredictedParts>,
  { grid, showBands }: { grid: PatchGrid; showBands: readonly number[] | undefined },
): Row {
  const { height, width } = image;
  const picture = pixelPicture(image, showBands);
  const parts = (labels: Uint8Array | undefined) =>
    labels === undefined ? null : partPicture({ height, width, grid, labels, image: picture });
  const heat = (attention: Float32Array | undefined) =>
    attention === undefined ? null : attentionPicture({ height, width, grid, attention, image: picture });
  const truth = image.parts?.map((part) => (part === image.ignoreLabel ? 0 : part)); // without a label as background
  return {
    image: picture,
    parts: parts(found.parts),
    argmax: parts(found.foreground),
    attention: heat(found.attention),
    saliency: found.saliency === found.attention ? null : heat(found.saliency),
    truth: truth === undefined ? null : partPicture({ height, width, labels: truth, image: picture }),
  };
}

interface Found {
  data: ImageDataset;
  found: Partial<PredictedParts>[];
  grid: PatchGrid;
}

async function predicted(options: Omit<ShowPartsOptions, 'out'>, count: number): Promise<Found> {
  const { predictor, data: opened, dispose } = await openPredictor({ method: 'learned', ...options });
  try {
    const data = await readableSubset(evenlySpaced(opened.evaluation, count));
    const found: PredictedParts[] = [];
    for (let index = 0; index < data.length; index++) {
      found.push(...(await predictor.predict([await data.get(index)])));
    }
    return { data, found, grid: predictor.grid };
  } finally {
    dispose();
  }
}

async function stored(
  { shard: path, encoder, ...options }: Omit<ShowPartsOptions, 'out'>,
  count: number,
): Promise<Found> {
  const encoderHash = typeof encoder === 'string' ? (await describeEncoder(encoder, options)).hash : encoder?.hash;
  const shard: PartShard = await openPartShard(path!, { encoderHash });
  try {
    const opened = await openData(options, shard.settings, options);
    const data = await readableSubset(evenlySpaced(opened.evaluation, count));
    const mapped = await withPartMaps(data, shard);
    const found: Partial<PredictedParts>[] = [];
    for (let index = 0; index < data.length; index++) {
      const { labels, scores } = (await mapped.get(index)).patchParts!;
      found.push({ parts: labels, saliency: scores });
    }
    return { data, found, grid: shard.grid };
  } finally {
    shard.close();
  }
}
