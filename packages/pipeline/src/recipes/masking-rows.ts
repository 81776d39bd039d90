// Every masking strategy by name, with the keys that its options have in text.

import { assertOneOf, SemmaeError } from '@semmae/core';
import {
  attentionMasking,
  type BatchMaskingStrategy,
  blockMasking,
  constantAlpha,
  gridMasking,
  type IbotMaskingOptions,
  ibotMasking,
  lowAttentionMasking,
  type MaskedCountOptions,
  type MaskingStrategy,
  mixedRatios,
  type PublishedAttentionMaskingOptions,
  polynomialAlpha,
  publishedAlpha,
  publishedAttentionMasking,
  publishedBlockMasking,
  randomMasking,
  reverseAlpha,
  type SharedRatioOptions,
  type StratifiedRatiosOptions,
  semanticMasking,
  sharedRatio,
  stratifiedRatios,
  type UnitMaskingOptions,
  unitMasking,
} from '@semmae/masking';
import { corruptionMasking, publishedCorruptionMasking } from '@semmae/masking/corruption';
import { multiBlockMasking } from '@semmae/masking/multi-block';
import { colorMasking, publishedColorMasking } from '@semmae/masking/noise';
import {
  publishedRandomSquareMasking,
  publishedRegionMasking,
  randomSquareMasking,
  regionMasking,
  squareMasking,
  thresholdRegionMasking,
} from '@semmae/masking/regions';

export type NamedStrategy = MaskingStrategy | BatchMaskingStrategy;

/**
 * How many patches are hidden: `fixed` depends on the grid alone, `per-batch` is equal within a batch and differs between batches,
 * `per-image` differs between the images of a batch, which then needs padding.
 */
export type MaskedCounts = 'fixed' | 'per-batch' | 'per-image';

/** The value of a key, from its text; throws what it must be. */
type Parse<T> = (key: string, text: string) => T;

export interface MaskingRow {
  summary: string;
  counts(values: object): MaskedCounts;
  /** Keys that stand in place of a ratio; undefined where the strategy takes no ratio. */
  insteadOfRatio: readonly string[] | undefined;
  /** Whether it looks at rows and columns, which some of the patches alone have not. */
  places: boolean;
  /** By key, which is the name of an option of the strategy. */
  parsers: Readonly<Record<string, Parse<unknown>>>;
  create(values: object): NamedStrategy;
}

interface RowSettings<Options> {
  /** Default `fixed`. */
  counts?: MaskedCounts | ((options: Options) => MaskedCounts);
  /** Default `['maskedCount']`. */
  insteadOfRatio?: readonly string[] | undefined;
  /** Default true. */
  places?: boolean;
}

const noRatio = { insteadOfRatio: undefined } as const;
const perImage = { counts: 'per-image' } as const;
const noPlaces = { places: false } as const;

function row<Options extends object>(
  summary: string,
  create: (options?: Options) => NamedStrategy,
  parsers: { readonly [Key in keyof Options]?: Parse<Options[Key]> },
  { counts = 'fixed', ...settings }: RowSettings<Options> = {},
): MaskingRow {
  return {
    summary,
    counts: (values) => (typeof counts === 'function' ? counts(values as Options) : counts),
    insteadOfRatio: ['maskedCount'],
    places: true,
    ...settings,
    parsers: parsers as MaskingRow['parsers'],
    create: (values) => create(values as Options),
  };
}

const number: Parse<number> = (key, text) => {
  const value = text === '' ? Number.NaN : Number(text);
  if (!Number.isNaN(value)) return value;
  throw wrongValue(key, 'a number', text);
};

const flag: Parse<boolean> = (key, text) => word('true', 'false')(key, text) === 'true';

const interval: Parse<readonly [number, number]> = (key, text) => {
  const ends = text.split('..');
  if (ends.length === 2) return [number(key, ends[0]!), number(key, ends[1]!)];
  throw wrongValue(key, 'two numbers such as 0.1..0.5', text);
};

const oneOrTwo: Parse<number | readonly [number, number]> = (key, text) =>
  text.includes('..') ? interval(key, text) : number(key, text);

function word<Word extends string>(...words: readonly Word[]): Parse<Word> {
  return (key, text) => {
    assertOneOf('masking', key, text, words);
    return text;
  };
}

function either<Word extends string, T>(choice: Word, parse: Parse<T>): Parse<Word | T> {
  return (key, text) => (text === choice ? choice : parse(key, text));
}

function wrongValue(key: string, requirement: string, got: string): SemmaeError {
  return new SemmaeError({ where: 'masking', requirement: `${key} must be ${requirement}`, got });
}

const counted = { maskedCount: number, countPolicy: word('keep-floor', 'mask-floor', 'mask-ceil') };
const attention = { mode: word('high', 'hint', 'low'), hintPool: number };
const blocks = { minimumBlock: number, maximumBlock: number, minimumAspect: number };
const ibot = { shape: word('block', 'random'), from: number, faithful: flag };
const noise = {
  color: word('white', 'red', 'blue', 'green', 'purple'),
  sigma: oneOrTwo,
  bank: either('fresh', number),
  seed: number,
};
const regions = { cells: number, patternGrids: number, seed: number };
const multiBlock = {
  targetScale: interval,
  targetAspect: interval,
  targetBlocks: number,
  contextScale: interval,
  minimumKept: number,
  allowOverlap: flag,
  faithful: flag,
};

/** Every strategy of `@semmae/masking` that a line of text can name. */
// biome-ignore format: a table
export const maskingRows: Readonly<Record<string, MaskingRow>> = {
  random: row('random patches (MAE)', randomMasking, counted, noPlaces),
  grid: row('all but one patch of every cell (MAE, grid-wise)', gridMasking, { cell: number, place: either('random', interval) }, noRatio),
  unit: row('random units of 2 x 2 patches, or unit x unit (SimMIM)', ofUnits, { ...counted, unit: number }),
  block: row('rectangles, and random patches up to the count (BEiT v2)', blockMasking, { ...counted, ...blocks }),
  'published-block': row('rectangles alone, at most the count (BEiT v1)', publishedBlockMasking, { ...counted, ...blocks }, perImage),
  ibot: row('rectangles in half of the images, of ratio ± variation (iBOT)', ofMixedRatios, { ...ibot, ratio: number, variation: number }, { ...noRatio, ...perImage }),
  dinov2: row('rectangles in a share of the images, of least to most (DINOv2)', ofStratifiedRatios, { ...ibot, least: number, most: number, share: number }, { ...noRatio, ...perImage }),
  corruption: row('many small blocks, everywhere equally often (SiT, GMML)', corruptionMasking, counted),
  'published-corruption': row('small blocks, up to a block more than the ratio (SiT)', publishedCorruptionMasking, { patchSize: number }, perImage),
  attention: row('the most or the least attended patches (AttMask)', attentionMasking, { ...counted, ...attention, hintShown: number }, noPlaces),
  'published-attention': row('the same in half of the images, of one ratio from least to most (AttMask)', ofSharedRatio, { ...attention, hintShown: interval, least: number, most: number, probability: number, from: number }, { ...noRatio, ...perImage, ...noPlaces }),
  'low-attention': row('some of the least attended patches (MST)', lowAttentionMasking, { fraction: number, probability: number, fixedCount: flag }, { ...noRatio, ...noPlaces, counts: ({ fixedCount }) => (fixedCount ? 'fixed' : 'per-image') }),
  semantic: row('at first a share of every part, at the end whole parts (SemMAE)', ofAlpha, { ...counted, gamma: number, alpha: number, reverse: flag }, noPlaces),
  'published-semantic': row('the same with the roundings and the 800 epochs of its code', ofPublishedAlpha, { epochs: number }, noPlaces),
  color: row('where filtered noise is low (ColorMAE)', colorMasking, { ...counted, ...noise }),
  'published-color': row('the same with one crop for all images of a batch', publishedColorMasking, { ...counted, ...noise }),
  square: row('a square in the center (Context Encoder)', squareMasking, { ...counted, side: number, overlap: number }, { insteadOfRatio: ['maskedCount', 'side'] }),
  'random-square': row('squares anywhere, and random patches up to the count (Context Encoder)', randomSquareMasking, { ...counted, side: number }),
  'published-random-square': row('squares alone, at most the count (Context Encoder)', publishedRandomSquareMasking, { ...counted, side: number }, perImage),
  region: row('spots of smooth noise (Context Encoder)', regionMasking, { ...counted, ...regions }),
  'threshold-region': row('the same by a threshold, of a share within bounds', thresholdRegionMasking, { ...regions, share: interval, threshold: number }, { ...noRatio, ...perImage }),
  'published-region': row('the same with one mask for all images of a batch', publishedRegionMasking, { ...regions, share: interval, threshold: number }, { ...noRatio, counts: 'per-batch' }),
  'multi-block': row('all but the context block (I-JEPA)', multiBlockMasking, multiBlock, { ...noRatio, counts: 'per-batch' }),
};

function ofUnits({ unit = 2, ...options }: Partial<UnitMaskingOptions> = {}) {
  return unitMasking({ unit, ...options });
}

function ofMixedRatios({
  ratio = 0.3,
  variation = 0.2,
  ...options
}: IbotMaskingOptions & { ratio?: number; variation?: number } = {}) {
  const masked = [ratio, variation] as const;
  return ibotMasking({ ...options, ratios: mixedRatios([[0, 0], masked]) });
}

function ofStratifiedRatios({ least, most, share, ...options }: IbotMaskingOptions & StratifiedRatiosOptions = {}) {
  return ibotMasking({ ...options, ratios: stratifiedRatios({ least, most, share }) });
}

function ofSharedRatio({
  least,
  most,
  probability,
  ...options
}: PublishedAttentionMaskingOptions & SharedRatioOptions = {}) {
  return publishedAttentionMasking({ ...options, ratios: sharedRatio({ least, most, probability }) });
}

function ofAlpha({
  gamma,
  alpha,
  reverse = false,
  ...options
}: MaskedCountOptions & { gamma?: number; alpha?: number; reverse?: boolean } = {}) {
  if (alpha !== undefined && gamma !== undefined) {
    throw new SemmaeError({
      where: 'masking semantic',
      requirement: 'alpha, the same throughout, must have no gamma beside it',
      got: `alpha ${alpha} and gamma ${gamma}`,
      remedy: 'drop one of them',
    });
  }
  const schedule = alpha === undefined ? polynomialAlpha({ gamma }) : constantAlpha(alpha);
  return semanticMasking({ ...options, alpha: reverse ? reverseAlpha(schedule) : schedule });
}

function ofPublishedAlpha({ epochs, maskRatio }: { epochs?: number; maskRatio?: number } = {}) {
  return semanticMasking({ maskRatio, faithful: true, alpha: publishedAlpha({ epochs }) });
}
