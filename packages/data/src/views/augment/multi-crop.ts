// Multi-crop: several differently sized and augmented views of one image, what self-distillation learns from.

import { assertLength, type ImageSize, type PixelStatistics, type Rng, SemmaeError } from '@semmae/core';

import { normalizePixels } from '../normalization';
import { checkedChannels, type PixelImage } from '../pixel-image';
import { statisticsFor } from '../statistics-for';
import type { View } from '../view';
import { drawViews, type ViewRecipe, viewKinds } from './draw-views';
import { renderView } from './render-view';

export interface MultiCropOptions extends ViewRecipe {
  /** Of each channel. Default: ImageNet's; needed where there are not 3 channels. */
  statistics?: PixelStatistics;
  /** Where to write each view: slices of a batch, for instance. */
  into?: { globals?: readonly Float32Array[]; locals?: readonly Float32Array[] };
}

export interface MultiCrop {
  /** Normalized pixels as of `applyView`, [globalCount] of [height, width, channels]. */
  globals: Float32Array[];
  /** Likewise, [localCount]. */
  locals: Float32Array[];
  /** Where each lies in the image: the globals, then the locals. */
  views: View[];
}

/**
 * Draws the views of DINO and iBOT from `image` ([H, W, channels], 0..255): crop and bicubic resize, flip, color jitter,
 * grayscale, Gaussian blur, solarize, normalize. All randomness comes from `rng`, which advances alike whatever the channels.
 *
 * Reference: Caron et al., https://arxiv.org/abs/2104.14294; Zhou et al., https://arxiv.org/abs/2111.07832.
 */
export function multiCrop(
  image: PixelImage,
  rng: Rng,
  { statistics: given, into = {}, ...recipe }: MultiCropOptions = {},
): MultiCrop {
  const { globalCount = 2 } = recipe;
  const kinds = viewKinds(recipe);
  const channels = checkedChannels('multiCrop', image);
  const statistics = statisticsFor('multiCrop', channels, given);
  const targets = [
    ...slices('globals', into.globals, kinds.slice(0, globalCount), channels),
    ...slices('locals', into.locals, kinds.slice(globalCount), channels),
  ];
  const drawn = drawViews(rng, image, recipe);
  const pixels = drawn.map((one, place) =>
    normalizePixels(renderView(image, one), { into: targets[place]!, statistics }),
  );
  return {
    globals: pixels.slice(0, globalCount),
    locals: pixels.slice(globalCount),
    views: drawn.map(({ view }) => view),
  };
}

function slices(
  name: string,
  into: readonly Float32Array[] | undefined,
  kinds: readonly ImageSize[],
  channels: number,
): readonly Float32Array[] {
  const lengths = kinds.map(({ height, width }) => height * width * channels);
  if (into === undefined) return lengths.map((length) => new Float32Array(length));
  if (into.length !== kinds.length) {
    throw new SemmaeError({
      where: 'multiCrop',
      requirement: `into.${name} must hold ${kinds.length} arrays`,
      got: into.length,
    });
  }
  into.forEach((slice, place) => {
    assertLength('multiCrop', `into.${name}[${place}]`, slice, lengths[place]!);
  });
  return into;
}
