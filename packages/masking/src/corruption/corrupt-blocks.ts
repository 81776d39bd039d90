// Group masked model learning (SiT / GMML): blocks of pixels are replaced, and the network restores the image.

import { assertInteger, assertLength, assertOneOf, assertRange, type Rng, SemmaeError } from '@semmae/core';

import { evenBlocks, publishedBlocks } from './corruption-block';
import { drawShare, hideCorruption } from './hide-corruption';
import { type CorruptionKind, corruptionKinds, type Pixels, painter } from './painter';

export interface CorruptBlocksInput<P extends Pixels> {
  /** [H, W, C], row-major. */
  pixels: P;
  height: number;
  width: number;
  /** Default 3. */
  channels?: number | undefined;
  /** [H, W, C] another image, for the kind `partner`. In SiT a random one of the batch. */
  partner?: P | undefined;
}

export interface CorruptBlocksOptions {
  /**
   * What blocks are replaced by; one kind for an image, drawn uniformly: zeros; standard normal noise (in bytes: what
   * is standard normal after the usual normalization, of mean 115 and deviation 58); the same image elsewhere; the
   * partner at the same place. Default `['zeros', 'partner']`, SiT.
   */
  kinds?: readonly CorruptionKind[] | undefined;
  /** Share of pixels replaced, in (0, 1]; beyond 0.5, it is drawn between 0.5 and this. Default 0.5, SiT's `drop_perc`. */
  dropRatio?: number | undefined;
  /** The same where the partner replaces them. Default 0.3, SiT's `drop_replace`. */
  replaceRatio?: number | undefined;
  /** Blocks are of whole tiles of this many pixels, which divides height and width: 1 (default, SiT), or the patch size. */
  alignment?: number | undefined;
  /** Places blocks as published, which hides the bottom right more often than the top left. Default false: evenly. */
  faithful?: boolean | undefined;
}

export interface CorruptedImage<P extends Pixels> {
  /** [H, W, C] a corrupted copy. */
  pixels: P;
  /** [H, W] 1 = replaced: the pixels whose restoration SiT's loss counts. */
  mask: Uint8Array;
  kind: CorruptionKind;
}

/**
 * Replaces blocks of an image until the wanted share of pixels is reached (so slightly more than it), blocks being at most
 * 0.3 of the image's sides each. The image stays as it was.
 *
 * Reference: Atito et al., "SiT: Self-supervised vIsion Transformer", §3.1, https://arxiv.org/abs/2104.03602
 */
export function corruptBlocks<P extends Pixels>(
  input: CorruptBlocksInput<P>,
  options: CorruptBlocksOptions,
  rng: Rng,
): CorruptedImage<P> {
  const { pixels, height, width, channels = 3, partner } = input;
  const { kinds = ['zeros', 'partner'], dropRatio = 0.5, replaceRatio = 0.3, alignment = 1, faithful } = options;
  assertImage(pixels, { height, width, channels, alignment });
  assertKinds(kinds);
  assertRatio('dropRatio', dropRatio);
  assertRatio('replaceRatio', replaceRatio);
  if (partner !== undefined) assertLength('corruptBlocks', 'partner', partner, pixels.length, 'give both one size');
  else if (kinds.includes('partner')) throw partnerMissing();

  const kind = kinds[rng.integer(kinds.length)]!;
  const share = drawShare(kind === 'partner' ? replaceRatio : dropRatio, rng);
  const tiles = { rows: height / alignment, columns: width / alignment };
  const corrupted = pixels.slice() as P;
  const mask = new Uint8Array(height * width);
  const hiddenTiles = alignment === 1 ? mask : new Uint8Array(tiles.rows * tiles.columns);
  const replace = painter(kind, { clean: pixels, partner, corrupted, height, width, channels }, rng);
  hideCorruption(
    'corruptBlocks',
    tiles,
    share * hiddenTiles.length,
    faithful === true ? publishedBlocks('corruptBlocks', alignment) : evenBlocks(),
    hiddenTiles,
    rng,
    (block) => {
      const top = block.top * alignment;
      const left = block.left * alignment;
      const bottom = top + block.height * alignment;
      for (let row = top; row < bottom; row++) {
        mask.fill(1, row * width + left, row * width + left + block.width * alignment);
      }
      replace(top, left, block.height * alignment, block.width * alignment);
    },
  );
  return { pixels: corrupted, mask, kind };
}

function assertImage(
  pixels: Pixels,
  { height, width, channels, alignment }: { height: number; width: number; channels: number; alignment: number },
): void {
  assertInteger('corruptBlocks', 'height', height);
  assertInteger('corruptBlocks', 'width', width);
  assertInteger('corruptBlocks', 'channels', channels);
  assertInteger('corruptBlocks', 'alignment', alignment);
  assertLength('corruptBlocks', 'pixels', pixels, height * width * channels, 'they are [height, width, channels]');
  if (height % alignment === 0 && width % alignment === 0) return;
  throw new SemmaeError({
    where: 'corruptBlocks',
    requirement: `height and width must be multiples of the alignment (${alignment} pixels)`,
    got: `${height}x${width}`,
    remedy: 'crop or resize the image, or choose another alignment',
  });
}

function assertKinds(kinds: readonly CorruptionKind[]): void {
  assertInteger('corruptBlocks', 'the number of kinds', kinds.length);
  for (const kind of kinds) assertOneOf('corruptBlocks', 'kinds', kind, corruptionKinds);
}

function assertRatio(name: string, ratio: number): void {
  assertRange('corruptBlocks', name, ratio, Number.EPSILON, 1);
}

function partnerMissing(): SemmaeError {
  return new SemmaeError({
    where: 'corruptBlocks',
    requirement: 'the kind partner must have the pixels of a partner',
    got: undefined,
    remedy: "pass another image of the batch as partner, or kinds without 'partner'",
  });
}
