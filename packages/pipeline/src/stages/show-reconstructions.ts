// A panel of what a masked autoencoder makes of hidden patches, as one PNG.

import { resolve } from 'node:path';

import { createRng, SemmaeError } from '@semmae/core';
import { type Picture, writePng } from '@semmae/report';

import { pixelRulesFor } from '../features/feature-geometry';
import type { TrainedModel } from '../models/encoder-file';
import { type LoadModelOptions, loadModel } from '../models/load-model';
import { preprocessingOf } from '../models/preprocessing-of';
import { drawMasks, maskPictures } from '../panels/draw-masks';
import { hiddenText } from '../panels/mask-columns';
import { openPanelImages, type PanelImagesOptions } from '../panels/open-panel-images';
import { panelOf, panelSheet } from '../panels/panel';
import { reconstruct } from '../panels/reconstruct';
import { maskingByName } from '../recipes/masking-by-name';

export interface ShowReconstructionsOptions extends PanelImagesOptions, LoadModelOptions {
  /** With its decoder; by path what `loadModel` takes, or what it gave, which stays the caller's. */
  model: string | TrainedModel;
  /** The PNG to write. */
  out: string;
  /** As `maskingByName` reads it. Default 'random'. */
  masking?: string;
  /** Where the name has no ratio. Default: that of the strategy. */
  maskRatio?: number;
  /** Share of patches that are used at all, those with the highest scores. Default 1. */
  keptShare?: number;
  /** Share of the training that is done, for strategies that follow a schedule. Default 1. */
  progress?: number;
  /** Default 0. */
  seed?: number;
}

/** Columns: image, masked, reconstruction. Gives the absolute path. */
export async function showReconstructions(options: ShowReconstructionsOptions): Promise<string> {
  const { out, masking: name = 'random', maskRatio, keptShare = 1, progress = 1, seed = 0, showBands } = options;
  const masking = maskingByName(name, { maskRatio });
  const model = typeof options.model === 'string' ? await loadModel(options.model, options) : options.model;
  const { encoder, decoder, config, provenance, origin, id } = model;
  try {
    if (decoder === undefined) throw withoutDecoder(typeof options.model === 'string' ? options.model : id);
    const { imageHeight: height, imageWidth: width } = config.encoder;
    const { grid } = encoder;
    const statistics = preprocessingOf(model);
    const pixels = pixelRulesFor(encoder.channels, statistics);
    const wanted = { imageSize: { height, width }, framing: statistics.framing, pixels, statistics };
    const images = await openPanelImages(options, [{ masking, keptShare }], wanted);
    const masks = drawMasks(images, { masking, keptShare, grid, progress, rng: createRng(seed).split('masks', name) });
    const { normalizePixels = true } = provenance ?? origin ?? {};
    const pictures: Picture[] = [];
    for (const [index, image] of images.entries()) {
      pictures.push(
        await reconstruct(image, masks[index]!, { encoder, decoder, normalizePixels, statistics, showBands }),
      );
    }
    const borrowed = normalizePixels ? '; mean and contrast of each patch are the original’s' : '';
    const panel = panelOf(images, [
      { title: `${name}, ${hiddenText(masks)}`, pictures: maskPictures(images, masks, { grid }) },
      { title: `reconstruction${borrowed}`, pictures },
    ]);
    const path = resolve(out);
    await writePng(path, await panelSheet(panel, 192));
    return path;
  } finally {
    if (typeof options.model === 'string') for (const layer of [encoder, decoder]) layer?.dispose();
  }
}

function withoutDecoder(model: string): SemmaeError {
  return new SemmaeError({
    where: '`model`',
    requirement: `${model} must hold a decoder, which draws reconstructions`,
    got: 'an encoder alone',
    remedy: 'choose a model that was pre-trained by mae or semmae',
  });
}
