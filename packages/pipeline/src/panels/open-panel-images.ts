// The images of a panel from a folder, with the part maps that masks follow.

import { type ImageSize, type PixelStatistics, SemmaeError } from '@semmae/core';
import { type ImageDataset, openPartShard, type PartShard, subset, withPartMaps } from '@semmae/data';

import { type MaskingContextsOptions, needsPatchParts } from '../batches/masking-contexts';
import { evenlySpaced, type ImagesOptions, openData, type SizedForm } from '../batches/open-data';
import { readRunSettings } from '../runs/run-folder';
import type { StageOptions } from '../runs/stage-options';
import { shardIn } from '../stages/part-maps';
import { type PanelImage, panelImages } from './panel';

export interface PanelImagesOptions extends ImagesOptions, Pick<StageOptions, 'onData'> {
  /** Part maps and scores: a shard, or the run folder that holds one. */
  parts?: string;
  /** Channels, from 0, that pictures show: three, or one in gray. Default: the first three; the first of one or two. */
  showBands?: readonly number[];
  /** Rows, evenly spaced over the images that are held out and have maps, else over all others that do. Default 6. */
  images?: number;
}

export type PanelMasking = Pick<MaskingContextsOptions, 'masking' | 'keptShare'>;

/** At the wanted size, by default that of the shard or 224 x 224. Throws where `maskings` follow what `parts` does not hold. */
export async function openPanelImages(
  { parts, images: count = 6, showBands, ...options }: PanelImagesOptions,
  maskings: readonly PanelMasking[],
  wanted: Partial<SizedForm> & { statistics?: PixelStatistics } = {},
): Promise<PanelImage[]> {
  const { imageSize: size, framing, pixels, statistics } = wanted;
  const look = { statistics, showBands };
  const guided = maskings.find(needsPatchParts);
  if (parts === undefined) {
    if (guided !== undefined) throw withoutParts(guided, 'no `parts`');
    const imageSize = size ?? { height: 224, width: 224 };
    const { evaluation } = await openData(options, { imageSize, framing, pixels, labels: false }, options);
    return panelImages(evaluation, count, imageSize, look);
  }
  const path = await shardIn(parts);
  if (path === undefined) throw withoutParts(guided, `${parts}, which holds no maps`);
  const shard = await openPartShard(path);
  try {
    const { scores, framing: ofMaps } = shard.settings;
    const ofRun = readRunSettings(parts) as { imageSize?: ImageSize } | undefined; // maps may be made at a smaller size
    const imageSize = ofRun?.imageSize ?? shard.settings.imageSize;
    const scored = maskings.find((one) => one.keptShare < 1 || one.masking.guidance === 'attention');
    if (scores === 'none' && scored !== undefined) throw withoutParts(scored, `${path}, which holds labels alone`);
    const { evaluation, train } = await openData(
      options,
      { imageSize, framing: ofMaps, pixels, labels: false },
      options,
    );
    const shown = withMaps(evaluation, shard) ?? withMaps(train, shard) ?? evaluation; // none: withPartMaps says so
    const mapped = await withPartMaps(evenlySpaced(shown, count), shard);
    return await panelImages(mapped, count, size ?? imageSize, look);
  } finally {
    shard.close();
  }
}

/** The images that have maps; undefined if none has. */
function withMaps(data: ImageDataset, shard: PartShard): ImageDataset | undefined {
  const mapped = Array.from({ length: data.length }, (_, index) => index).filter(
    (index) => shard.indexOf(data.idAt(index)) !== undefined,
  );
  return mapped.length === 0 ? undefined : subset(data, mapped);
}

function withoutParts(needed: PanelMasking | undefined, got: string): SemmaeError {
  const user =
    needed === undefined
      ? '`parts` must hold part maps'
      : needed.masking.guidance === 'parts'
        ? `${needed.masking.name} must have part maps to follow`
        : `${needed.keptShare < 1 ? '`keptShare` below 1' : needed.masking.name} must have a score for each patch`;
  return new SemmaeError({
    where: '`parts`',
    requirement: user,
    got,
    remedy: 'pass a shard of `parts extract`, or the run folder of a SemMAE pre-training',
  });
}
