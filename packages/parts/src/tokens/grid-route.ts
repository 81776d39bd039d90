// How an encoder of one patch size gives maps on another grid.

import { assertInteger, assertOneOf, createPatchGrid, type PatchGrid, SemmaeError } from '@semmae/core';

/**
 * `upscale`: enlarge the image until the patches are small enough. `stride`: overlapping patches. `patch8`: the encoder's own
 * patches have the wanted size (DINO's ViT-S/8 for 28x28 at 224). `upsample-map`: tokens as they are, logits interpolated.
 */
export type GridRouteName = 'upscale' | 'stride' | 'patch8' | 'upsample-map';

export interface GridRouteOptions {
  route: GridRouteName;
  /** Side of the encoder's patches in pixels. */
  patchSize: number;
  /** Size of the images that the decoder redraws: 224x224 in SemMAE. */
  imageSize: { height: number; width: number };
  /** Wanted grid of the maps: 28x28 in SemMAE. */
  grid: PatchGrid;
}

export interface GridRoute {
  /** Resize the images to this size for the encoder, bicubically. */
  feed: { height: number; width: number };
  /** Pixels between patch centers of the encoder: its `patchStride`. */
  patchStride: number;
  /** Grid of the patch tokens: `grid` of `partLearner`. */
  tokenGrid: PatchGrid;
  /** Grid of the maps: `mapGrid` of `partLearner`. */
  mapGrid: PatchGrid;
  /** Factor by which the logits are interpolated before the softmax. */
  upsampling: number;
}

const where = 'gridRoute';

/**
 * SemMAE learns 28x28 maps at 224 pixels, "8x8 patches", with an encoder that exists for patches of 16 only; `upscale` is most
 * likely what the authors did. Costs of ViT-S/16 per image: 785 tokens on the first three routes, 197 on `upsample-map`.
 *
 * Throws where the route does not reach the grid exactly.
 */
export function gridRoute({ route, patchSize, imageSize, grid }: GridRouteOptions): GridRoute {
  assertOneOf(where, 'route', route, ['upscale', 'stride', 'patch8', 'upsample-map']);
  for (const [name, value] of Object.entries({ patchSize, ...imageSize })) assertInteger(where, name, value);
  const feed = { height: imageSize.height, width: imageSize.width };
  const same = { feed, patchStride: patchSize, tokenGrid: grid, mapGrid: grid, upsampling: 1 };
  switch (route) {
    case 'upscale':
      return { ...same, feed: { height: grid.rows * patchSize, width: grid.columns * patchSize } };
    case 'stride': {
      const patchStride = wholeRatio(feed, grid, 'the image must be the grid times one stride');
      demand(patchStride <= patchSize, `the stride must be at most the patch size ${patchSize}`, patchStride);
      // Patches that reach over the border are filled up with mirrored pixels, half at either side.
      const even = (patchSize - patchStride) % 2 === 0;
      demand(even, `the stride must differ from the patch size ${patchSize} by an even number`, patchStride);
      return { ...same, patchStride };
    }
    case 'patch8': {
      const cell = wholeRatio(feed, grid, 'the image must be the grid times the patch size');
      demand(cell === patchSize, `the encoder's patch size must be ${cell}`, patchSize);
      return same;
    }
    case 'upsample-map': {
      const divides = feed.height % patchSize === 0 && feed.width % patchSize === 0;
      demand(divides, `the image must be a multiple of the patch size ${patchSize}`, `${feed.height}x${feed.width}`);
      const tokenGrid = createPatchGrid(feed.height / patchSize, feed.width / patchSize);
      const finer = { height: grid.rows, width: grid.columns };
      const upsampling = wholeRatio(finer, tokenGrid, 'the grid must be that of the tokens times a whole number');
      return { ...same, tokenGrid, upsampling };
    }
    default:
      return route satisfies never;
  }
}

/** The number that takes both sides of `grid` to `size`. */
function wholeRatio(
  { height, width }: { height: number; width: number },
  { rows, columns }: PatchGrid,
  requirement: string,
): number {
  const ratio = height / rows;
  const whole = Number.isInteger(ratio) && ratio >= 1 && width === columns * ratio;
  demand(whole, `${requirement} (${rows}x${columns})`, `${height}x${width}`);
  return ratio;
}

function demand(holds: boolean, requirement: string, got: unknown): void {
  if (holds) return;
  throw new SemmaeError({ where, requirement, got, remedy: 'choose another size, grid or route' });
}
