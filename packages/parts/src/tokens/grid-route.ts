// How an encoder of one patch size gives maps on another grid.

import {
  assertInteger,
  assertOneOf,
  assertPatchSize,
  createPatchGrid,
  type PatchGrid,
  type PatchSides,
  type PatchSize,
  patchSides,
  patchSizeOf,
  patchSizeText,
  SemmaeError,
} from '@semmae/core';

/**
 * `upscale`: enlarge the image until the patches are small enough. `stride`: overlapping patches. `patch8`: the encoder's own
 * patches have the wanted size (DINO's ViT-S/8 for 28x28 at 224). `upsample-map`: tokens as they are, logits interpolated.
 */
export type GridRouteName = 'upscale' | 'stride' | 'patch8' | 'upsample-map';

export interface GridRouteOptions {
  route: GridRouteName;
  /** Sides of the encoder's patches in pixels. */
  patchSize: PatchSize;
  /** Size of the images that the decoder redraws: 224x224 in SemMAE. */
  imageSize: { height: number; width: number };
  /** Wanted grid of the maps: 28x28 in SemMAE. */
  grid: PatchGrid;
}

export interface GridRoute {
  /** Resize the images to this size for the encoder, bicubically. */
  feed: { height: number; width: number };
  /** Pixels between patch centers of the encoder: its `patchStride`. */
  patchStride: PatchSize;
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
  for (const [name, value] of Object.entries(imageSize)) assertInteger(where, name, value);
  assertPatchSize(where, 'patchSize', patchSize);
  const patch = patchSides(patchSize);
  const patchText = patchSizeText(patchSize);
  const feed = { height: imageSize.height, width: imageSize.width };
  const same = { feed, patchStride: patchSize, tokenGrid: grid, mapGrid: grid, upsampling: 1 };
  switch (route) {
    case 'upscale':
      return { ...same, feed: { height: grid.rows * patch.height, width: grid.columns * patch.width } };
    case 'stride': {
      const stride = wholeRatios(feed, grid, 'the image must be the grid times one stride');
      const patchStride = patchSizeOf(stride);
      const fits = (side: 'height' | 'width') => stride[side] <= patch[side];
      const text = patchSizeText(stride);
      demand(fits('height') && fits('width'), `the stride must be at most the patch size ${patchText}`, text);
      // Patches that reach over the border are filled up with mirrored pixels, half at either side.
      const isEven = (side: 'height' | 'width') => (patch[side] - stride[side]) % 2 === 0;
      const even = isEven('height') && isEven('width');
      demand(even, `the stride must differ from the patch size ${patchText} by an even number`, text);
      return { ...same, patchStride };
    }
    case 'patch8': {
      const cell = patchSizeText(wholeRatios(feed, grid, 'the image must be the grid times the patch size'));
      demand(cell === patchText, `the encoder's patch size must be ${cell}`, patchText);
      return same;
    }
    case 'upsample-map': {
      const divides = feed.height % patch.height === 0 && feed.width % patch.width === 0;
      demand(divides, `the image must be a multiple of the patch size ${patchText}`, `${feed.height}x${feed.width}`);
      const tokenGrid = createPatchGrid(feed.height / patch.height, feed.width / patch.width);
      const finer = { height: grid.rows, width: grid.columns };
      const requirement = 'the grid must be that of the tokens times a whole number';
      const { height: upsampling, width } = wholeRatios(finer, tokenGrid, requirement);
      demand(
        upsampling === width,
        `${requirement} (${tokenGrid.rows}x${tokenGrid.columns})`,
        `${grid.rows}x${grid.columns}`,
      );
      return { ...same, tokenGrid, upsampling };
    }
    default:
      return route satisfies never;
  }
}

/** The whole numbers that take the sides of `grid` to `size`. */
function wholeRatios({ height, width }: PatchSides, { rows, columns }: PatchGrid, requirement: string): PatchSides {
  const ratios = { height: height / rows, width: width / columns };
  const whole = Number.isInteger(ratios.height) && Number.isInteger(ratios.width);
  demand(whole, `${requirement} (${rows}x${columns})`, `${height}x${width}`);
  return ratios;
}

function demand(holds: boolean, requirement: string, got: unknown): void {
  if (holds) return;
  throw new SemmaeError({ where, requirement, got, remedy: 'choose another size, grid or route' });
}
