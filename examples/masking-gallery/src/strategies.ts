// The strategies of the gallery: one row each, as a table. Rows stand in pairs, as they do on the sheet.

import {
  attentionMasking,
  type BatchMaskingStrategy,
  blockMasking,
  constantAlpha,
  gridMasking,
  ibotMasking,
  lowAttentionMasking,
  type MaskingStrategy,
  publishedAttentionMasking,
  publishedBlockMasking,
  randomMasking,
  ratioMasking,
  semanticMasking,
  stratifiedRatios,
  unitMasking,
  userMasking,
} from '@semmae/masking';
import { corruptionMasking, publishedCorruptionMasking } from '@semmae/masking/corruption';
import { multiBlockMasking } from '@semmae/masking/multi-block';
import { colorMasking, publishedColorMasking } from '@semmae/masking/noise';
import { randomSquareMasking, regionMasking, squareMasking, thresholdRegionMasking } from '@semmae/masking/regions';

import { nearAPoint } from './near-a-point';
import { targetMasking } from './target-masking';

export interface GalleryStrategy {
  /** On the command line and in file names. */
  name: string;
  title: string;
  /** The call, one line. */
  detail: string;
  family: string;
  create: () => MaskingStrategy | BatchMaskingStrategy;
}

type Row = [name: string, title: string, detail: string, create: GalleryStrategy['create']];

/** BEiT's 75 of 196 patches, on any grid. */
const beit = { maskRatio: 0.385, countPolicy: 'mask-floor' } as const;
const beitDetail = "maskRatio: 0.385, countPolicy: 'mask-floor'";

// biome-ignore format: a table
const families: Record<string, Row[]> = {
  'Scattered patches': [
    ['random', 'Random (MAE)', 'randomMasking()', () => randomMasking()],
    ['grid', 'One of every 2 × 2 stays (MAE, grid-wise)', 'gridMasking()', () => gridMasking()],
    ['grid-random', 'One of every 2 × 2 stays, any', "gridMasking({ place: 'random' })", () => gridMasking({ place: 'random' })],
    ['unit', 'Units of 2 × 2 patches (SimMIM)', 'unitMasking({ unit: 2 })', () => unitMasking({ unit: 2 })],
  ],
  'Filtered noise (ColorMAE)': [
    ['color-white', 'White noise: chance', "colorMasking({ color: 'white' })", () => colorMasking({ color: 'white' })],
    ['color-red', 'Red noise: large spots', "colorMasking({ color: 'red' })", () => colorMasking({ color: 'red' })],
    ['color-green', 'Green noise: spots of a middle size', 'colorMasking()', () => colorMasking()],
    ['color-published', 'Green noise as published: one crop a batch', 'publishedColorMasking()', () => publishedColorMasking()],
    ['color-blue', 'Blue noise: more even than chance', "colorMasking({ color: 'blue' })", () => colorMasking({ color: 'blue' })],
    ['color-purple', 'Purple noise: all but middle sizes', "colorMasking({ color: 'purple' })", () => colorMasking({ color: 'purple' })],
  ],
  Blocks: [
    ['beit-v1', 'Blocks as published (BEiT v1): too few', `publishedBlockMasking({ ${beitDetail} })`, () => publishedBlockMasking(beit)],
    ['block', 'Blocks, made exact (BEiT v2)', `blockMasking({ ${beitDetail} })`, () => blockMasking(beit)],
    ['ibot-block', 'Blocks of mixed ratios (iBOT)', 'ibotMasking()', () => ibotMasking()],
    ['ibot-published', 'Blocks of mixed ratios as published: too few', 'ibotMasking({ faithful: true })', () => ibotMasking({ faithful: true })],
    ['ibot-random', 'Random of mixed ratios (iBOT)', "ibotMasking({ shape: 'random' })", () => ibotMasking({ shape: 'random' })],
    ['dinov2', 'Blocks of stratified ratios (DINOv2)', 'ibotMasking({ ratios: stratifiedRatios() })', () => ibotMasking({ ratios: stratifiedRatios() })],
  ],
  'Corruption blocks': [
    ['sit', 'SiT blocks as published: too many, unevenly', 'publishedCorruptionMasking()', () => publishedCorruptionMasking()],
    ['corruption', 'SiT blocks, evenly, one count', 'corruptionMasking()', () => corruptionMasking()],
  ],
  'Context and targets': [
    ['ijepa-context', 'I-JEPA context as published: no last row, column', 'multiBlockMasking({ faithful: true })', () => multiBlockMasking({ faithful: true })],
    ['multi-block-context', 'I-JEPA context, evenly', 'multiBlockMasking()', () => multiBlockMasking()],
    ['ijepa-targets', 'I-JEPA targets as published: no last row, column', 'targets of multiBlockMasking({ faithful: true })', () => targetMasking(multiBlockMasking({ faithful: true }))],
    ['multi-block-targets', 'I-JEPA targets, evenly', 'targets of multiBlockMasking()', () => targetMasking(multiBlockMasking())],
  ],
  'By attention': [
    ['attmask-high', 'Most attended, mixed ratios (AttMask-High)', "publishedAttentionMasking({ mode: 'high' })", () => publishedAttentionMasking({ mode: 'high' })],
    ['attmask-hint', 'Most attended but hints (AttMask-Hint)', "publishedAttentionMasking({ mode: 'hint' })", () => publishedAttentionMasking({ mode: 'hint' })],
    ['attmask-low', 'Least attended, mixed ratios (AttMask-Low)', "publishedAttentionMasking({ mode: 'low' })", () => publishedAttentionMasking({ mode: 'low' })],
    ['mst', 'Some of the least attended (MST)', 'lowAttentionMasking({ fraction: 0.5 })', () => lowAttentionMasking({ fraction: 0.5 })],
    ['attention-high', 'Most attended, one count', "attentionMasking({ mode: 'high', maskRatio: 0.3 })", () => attentionMasking({ mode: 'high', maskRatio: 0.3 })],
    ['attention-hint', 'Most attended but hints, one count', "attentionMasking({ mode: 'hint', maskRatio: 0.3 })", () => attentionMasking({ mode: 'hint', maskRatio: 0.3 })],
  ],
  'By parts': [
    ['semantic-0', 'A share of every part (SemMAE, α = 0)', 'semanticMasking({ alpha: constantAlpha(0) })', () => semanticMasking({ alpha: constantAlpha(0) })],
    ['semantic-1', 'Whole parts (SemMAE, α = 1)', 'semanticMasking({ alpha: constantAlpha(1) })', () => semanticMasking({ alpha: constantAlpha(1) })],
    ['semantic-half', 'Half way (SemMAE, α = 0.5)', 'semanticMasking({ alpha: constantAlpha(0.5) })', () => semanticMasking({ alpha: constantAlpha(0.5) })],
    ['semantic-published', 'Half way, rounded and cut as published', 'semanticMasking({ faithful: true, alpha: constantAlpha(0.5) })', () => semanticMasking({ faithful: true, alpha: constantAlpha(0.5) })],
  ],
  'Regions (Context Encoder)': [
    ['square', 'Center square', 'squareMasking({ side: 6 })', () => squareMasking({ side: 6 })],
    ['random-square', 'Random squares', 'randomSquareMasking()', () => randomSquareMasking()],
    ['region-published', 'Random regions as published: any count', 'thresholdRegionMasking()', () => thresholdRegionMasking()],
    ['region', 'Random regions, one count', 'regionMasking()', () => regionMasking()],
  ],
  'Your own': [
    ['ratios', 'Any strategy with mixed ratios', 'ratioMasking({ strategy: (maskedCount) => corruptionMasking({ maskedCount }) })', () => ratioMasking({ strategy: (maskedCount) => corruptionMasking({ maskedCount }) })],
    ['user', 'The patches nearest to a random point', 'userMasking(nearAPoint, { maskRatio: 0.4 })', () => userMasking(nearAPoint, { maskRatio: 0.4 })],
  ],
};

/** All rows, in the order in which they are drawn. */
export const galleryStrategies: readonly GalleryStrategy[] = Object.entries(families).flatMap(([family, rows]) =>
  rows.map(([name, title, detail, create]) => ({ name, title, detail, family, create })),
);
