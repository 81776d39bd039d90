import { createPatchGrid, createRng, type PatchGrid } from '@semmae/core';
import {
  attentionMasking,
  type BatchMaskingStrategy,
  blockMasking,
  constantAlpha,
  gridMasking,
  ibotMasking,
  lowAttentionMasking,
  type MaskingStrategy,
  mixedRatios,
  polynomialAlpha,
  publishedAlpha,
  publishedAttentionMasking,
  publishedBlockMasking,
  randomMasking,
  reverseAlpha,
  sampleBatch,
  semanticMasking,
  sharedRatio,
  stratifiedRatios,
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
import { describeBatchMaskingStrategy, describeMaskingStrategy } from '@semmae/masking/testing';
import { describe, expect, it } from 'vitest';

import { maskingByName, maskingHelp, maskingNames, maskingNeeds } from './masking-by-name';

const isBatch = (strategy: MaskingStrategy | BatchMaskingStrategy): strategy is BatchMaskingStrategy =>
  'sampleBatch' in strategy;

/** MAE's count at 0.6: N - trunc(N * 0.4). */
const sixty = ({ patchCount }: PatchGrid) => patchCount - Math.trunc(patchCount * (1 - 0.6));

/** Every name without keys, at the ratio 0.6 where it takes one: the count, or the most of it, on 14 x 14 and 12 x 10 patches. */
const counts: Record<string, (grid: PatchGrid) => number> = {
  random: sixty,
  grid: ({ patchCount }) => 0.75 * patchCount,
  unit: ({ patchCount }) => 4 * Math.ceil(0.6 * (patchCount / 4)),
  block: sixty,
  'published-block': sixty,
  ibot: ({ patchCount }) => Math.trunc(0.5 * patchCount),
  dinov2: ({ patchCount }) => Math.trunc(0.5 * patchCount),
  corruption: sixty,
  'published-corruption': ({ patchCount }) => Math.trunc(0.6 * patchCount) + 16, // a block of 4 x 4 more
  attention: sixty,
  'published-attention': ({ patchCount }) => Math.trunc(0.5 * patchCount),
  'low-attention': ({ patchCount }) => Math.trunc(patchCount / 8),
  semantic: sixty,
  'published-semantic': sixty,
  color: sixty,
  'published-color': sixty,
  square: sixty,
  'random-square': sixty,
  'published-random-square': sixty,
  region: sixty,
  'threshold-region': ({ patchCount }) => Math.ceil(0.3 * patchCount) - 1,
  'published-region': ({ patchCount }) => Math.ceil(0.3 * patchCount) - 1,
  'multi-block': ({ patchCount }) => patchCount - 11,
};

it('names every row of the table of this test, and no other', () => {
  expect(maskingNames).toEqual(Object.keys(counts));
});

for (const [name, countOf] of Object.entries(counts)) {
  const create = () => maskingByName(name, { maskRatio: 0.6 });
  const variableCount = maskingNeeds(name).counts !== 'fixed';
  const grids = [createPatchGrid(14, 14), createPatchGrid(12, 10)];
  const strategy = create();
  if (!isBatch(strategy)) {
    const deterministic = ['grid', 'attention'].includes(name);
    describeMaskingStrategy(create as () => MaskingStrategy, {
      title: name,
      maskedCount: countOf,
      variableCount,
      deterministic,
      grids,
    });
  } else {
    describeBatchMaskingStrategy(create as () => BatchMaskingStrategy, {
      title: name,
      grids,
      expectCounts: (found, grid) => {
        for (const count of found) expect(count).toBeLessThanOrEqual(countOf(grid));
        if (!variableCount) for (const count of found) expect(count).toBe(countOf(grid));
        if (maskingNeeds(name).counts === 'per-batch') expect(new Set(found).size).toBe(1);
      },
    });
  }
}

/** Every key of every row, and the call that it stands for. */
const calls: [text: string, direct: MaskingStrategy | BatchMaskingStrategy][] = [
  ['random:0.5,countPolicy=mask-floor', randomMasking({ maskRatio: 0.5, countPolicy: 'mask-floor' })],
  ['random,maskedCount=7', randomMasking({ maskedCount: 7 })],
  ['grid,cell=3,place=random', gridMasking({ cell: 3, place: 'random' })],
  ['grid,place=1..0', gridMasking({ place: [1, 0] })],
  ['unit:0.3', unitMasking({ unit: 2, maskRatio: 0.3 })],
  ['unit,unit=4,maskedCount=48', unitMasking({ unit: 4, maskedCount: 48 })],
  ['unit:0.3,countPolicy=mask-floor', unitMasking({ unit: 2, maskRatio: 0.3, countPolicy: 'mask-floor' })],
  [
    'block:0.4,countPolicy=mask-floor,minimumBlock=4,maximumBlock=9,minimumAspect=0.5',
    blockMasking({ maskRatio: 0.4, countPolicy: 'mask-floor', minimumBlock: 4, maximumBlock: 9, minimumAspect: 0.5 }),
  ],
  ['block,maskedCount=31,minimumBlock=5', blockMasking({ maskedCount: 31, minimumBlock: 5 })],
  ['published-block,maskedCount=31,minimumBlock=5', publishedBlockMasking({ maskedCount: 31, minimumBlock: 5 })],
  [
    'published-block:0.4,countPolicy=mask-ceil,maximumBlock=17,minimumAspect=0.5',
    publishedBlockMasking({ maskRatio: 0.4, countPolicy: 'mask-ceil', maximumBlock: 17, minimumAspect: 0.5 }),
  ],
  ['ibot,ratio=0.4,variation=0.05', ibotMasking({ ratios: mixedRatios([[0, 0], [0.4, 0.05]]) })], // biome-ignore format: pairs
  ['ibot,shape=random,from=0.2', ibotMasking({ shape: 'random', from: 0.2 })],
  ['ibot,faithful=true', ibotMasking({ faithful: true })],
  [
    'dinov2,least=0.2,most=0.3,share=0.7,faithful=true',
    ibotMasking({ ratios: stratifiedRatios({ least: 0.2, most: 0.3, share: 0.7 }), faithful: true }),
  ],
  ['dinov2,shape=random,from=0.2', ibotMasking({ shape: 'random', ratios: stratifiedRatios(), from: 0.2 })],
  ['corruption:0.3,countPolicy=mask-ceil', corruptionMasking({ maskRatio: 0.3, countPolicy: 'mask-ceil' })],
  ['corruption,maskedCount=40', corruptionMasking({ maskedCount: 40 })],
  ['published-corruption:0.3,patchSize=8', publishedCorruptionMasking({ maskRatio: 0.3, patchSize: 8 })],
  ['attention,mode=low,maskedCount=9', attentionMasking({ mode: 'low', maskedCount: 9 })],
  [
    'attention:0.3,mode=hint,hintPool=0.2,hintShown=0.6,countPolicy=mask-floor',
    attentionMasking({ mode: 'hint', maskRatio: 0.3, hintPool: 0.2, hintShown: 0.6, countPolicy: 'mask-floor' }),
  ],
  [
    'published-attention,mode=hint,hintPool=0.3,hintShown=0.2..0.4,least=0.4,most=0.6,probability=0.8,from=0.1',
    publishedAttentionMasking({
      mode: 'hint',
      hintPool: 0.3,
      hintShown: [0.2, 0.4],
      ratios: sharedRatio({ least: 0.4, most: 0.6, probability: 0.8 }),
      from: 0.1,
    }),
  ],
  ['low-attention,fraction=0.3,probability=0.7', lowAttentionMasking({ fraction: 0.3, probability: 0.7 })],
  ['low-attention,fixedCount=true', lowAttentionMasking({ fixedCount: true })],
  ['semantic:0.6,gamma=3', semanticMasking({ maskRatio: 0.6, alpha: polynomialAlpha({ gamma: 3 }) })],
  ['semantic,maskedCount=50,alpha=1', semanticMasking({ maskedCount: 50, alpha: constantAlpha(1) })],
  [
    'semantic:0.6,countPolicy=mask-ceil,reverse=true',
    semanticMasking({ maskRatio: 0.6, countPolicy: 'mask-ceil', alpha: reverseAlpha(polynomialAlpha()) }),
  ],
  [
    'published-semantic:0.6,epochs=1000',
    semanticMasking({ maskRatio: 0.6, faithful: true, alpha: publishedAlpha({ epochs: 1000 }) }),
  ],
  ['color:0.6,color=red,sigma=3,seed=5', colorMasking({ maskRatio: 0.6, color: 'red', sigma: 3, seed: 5 })],
  ['color,sigma=0.5..2,maskedCount=50,bank=3', colorMasking({ sigma: [0.5, 2], maskedCount: 50, bank: 3 })],
  [
    'color:0.6,countPolicy=mask-floor,bank=fresh',
    colorMasking({ maskRatio: 0.6, countPolicy: 'mask-floor', bank: 'fresh' }),
  ],
  [
    'published-color:0.5,color=blue,sigma=2,bank=9,seed=2,countPolicy=mask-ceil',
    publishedColorMasking({ maskRatio: 0.5, color: 'blue', sigma: 2, bank: 9, seed: 2, countPolicy: 'mask-ceil' }),
  ],
  ['published-color,maskedCount=50', publishedColorMasking({ maskedCount: 50 })],
  ['square:0.4,countPolicy=mask-floor', squareMasking({ maskRatio: 0.4, countPolicy: 'mask-floor' })],
  ['square,maskedCount=50', squareMasking({ maskedCount: 50 })],
  ['square,side=8,overlap=1', squareMasking({ side: 8, overlap: 1 })],
  ['random-square,maskedCount=50,side=3', randomSquareMasking({ maskedCount: 50, side: 3 })],
  ['random-square:0.3,countPolicy=mask-floor', randomSquareMasking({ maskRatio: 0.3, countPolicy: 'mask-floor' })],
  ['published-random-square,maskedCount=50,side=3', publishedRandomSquareMasking({ maskedCount: 50, side: 3 })],
  [
    'published-random-square:0.3,countPolicy=mask-floor',
    publishedRandomSquareMasking({ maskRatio: 0.3, countPolicy: 'mask-floor' }),
  ],
  [
    'region:0.3,countPolicy=mask-ceil,cells=4,patternGrids=3,seed=8',
    regionMasking({ maskRatio: 0.3, countPolicy: 'mask-ceil', cells: 4, patternGrids: 3, seed: 8 }),
  ],
  ['region,maskedCount=50', regionMasking({ maskedCount: 50 })],
  [
    'threshold-region,share=0.3..0.6,threshold=0.4,cells=4,patternGrids=3,seed=8',
    thresholdRegionMasking({ share: [0.3, 0.6], threshold: 0.4, cells: 4, patternGrids: 3, seed: 8 }),
  ],
  [
    'published-region,share=0.3..0.6,threshold=0.4,cells=4,patternGrids=3,seed=8',
    publishedRegionMasking({ share: [0.3, 0.6], threshold: 0.4, cells: 4, patternGrids: 3, seed: 8 }),
  ],
  [
    'multi-block,targetScale=0.1..0.15,targetAspect=0.5..2,targetBlocks=3,contextScale=0.7..0.9,minimumKept=5',
    multiBlockMasking({
      targetScale: [0.1, 0.15],
      targetAspect: [0.5, 2],
      targetBlocks: 3,
      contextScale: [0.7, 0.9],
      minimumKept: 5,
    }),
  ],
  ['multi-block,allowOverlap=true,faithful=true', multiBlockMasking({ allowOverlap: true, faithful: true })],
];

describe('maskingByName', () => {
  it.each(calls)('%s masks as the call does', (text, direct) => {
    const grid = createPatchGrid(12, 16);
    const random = createRng(11);
    const contexts = Array.from({ length: 7 }, () => ({
      grid,
      progress: 0.4,
      attention: Float32Array.from({ length: grid.patchCount }, random.uniform),
      parts: Uint8Array.from({ length: grid.patchCount }, () => random.integer(5)),
    }));
    const named = maskingByName(text);
    expect(named.name).toBe(direct.name);
    const hidden = (strategy: typeof direct) => sampleBatch(strategy, contexts, createRng(3), { padding: true }).hidden;
    expect(hidden(named)).toEqual(hidden(direct));
  });

  it('is tested with every key of every row', () => {
    for (const line of maskingHelp()) {
      const [, name, keys] = line.match(/^([\w-]+).*\. Keys: (.*)$/)!;
      const texts = calls.map(([text]) => text).filter((text) => text.split(/[:,]/)[0] === name);
      for (const key of keys!.split(', ')) expect(texts.join(' '), `${name}, ${key}`).toContain(`,${key}=`);
    }
  });

  it('takes the given ratio where the text says nothing about the count', () => {
    const grid = createPatchGrid(8, 8);
    const count = (text: string) =>
      (maskingByName(text, { maskRatio: 0.5 }) as MaskingStrategy).sample({ grid, progress: 0 }, createRng(1)).masked
        .length;
    expect(count('random')).toBe(32);
    expect(count('random:0.75')).toBe(48);
    expect(count('random,maskedCount=5')).toBe(5);
    expect(count('square,side=4')).toBe(16);
    expect(count('grid')).toBe(48); // no ratio is taken
  });

  it('says what a strategy needs', () => {
    expect(maskingNeeds('random:0.6')).toEqual({ guidance: 'none', counts: 'fixed', places: false });
    expect(maskingNeeds('semantic')).toEqual({ guidance: 'parts', counts: 'fixed', places: false });
    expect(maskingNeeds('published-attention')).toEqual({ guidance: 'attention', counts: 'per-image', places: false });
    expect(maskingNeeds('low-attention')).toEqual({ guidance: 'attention', counts: 'per-image', places: false });
    expect(maskingNeeds('low-attention,fixedCount=true')).toEqual({
      guidance: 'attention',
      counts: 'fixed',
      places: false,
    });
    expect(maskingNeeds('multi-block')).toEqual({ guidance: 'none', counts: 'per-batch', places: true });
  });

  it('describes each name in one line', () => {
    expect(maskingHelp()).toHaveLength(maskingNames.length);
    expect(maskingHelp()).toContain(
      'published-semantic[:RATIO]  the same with the roundings and the 800 epochs of its code; needs parts. Keys: epochs',
    );
    expect(maskingHelp()[1]).toBe('grid  all but one patch of every cell (MAE, grid-wise). Keys: cell, place');
  });

  it.each([
    ['bloc', /^masking: the name must be one of random, grid, unit, .*, multi-block, got bloc$/],
    ['toString', /the name must be one of .*, got toString$/],
    ['', /the name must be one of .*, got $/],
    ['user', /got user; it is a mask or a function of your own: call userMasking/],
    ['ratio', /got ratio; it is made from another strategy: call ratioMasking/],
    ['corrupt-blocks', /got corrupt-blocks; it replaces pixels and is no mask of patches: call corruptBlocks/],
    ['adios', /got adios; its masks are learned/],
    [
      'random,gamma=2',
      /^masking random: what follows must be key=value, each key once, of maskedCount, countPolicy, got gamma=2$/,
    ],
    ['random,maskedCount', /got maskedCount$/],
    ['random,maskedCount=3,maskedCount=4', /got maskedCount=4$/],
    ['random,maskedCount=few', /^masking: maskedCount must be a number, got few$/],
    ['random,maskedCount=', /^masking: maskedCount must be a number, got $/],
    ['random,countPolicy=ceil', /countPolicy must be one of keep-floor, mask-floor, mask-ceil, got ceil/],
    [
      'random:much',
      /^masking random: a ratio must be one number after the name of a strategy that takes one, got random:much; these do: random, unit, /,
    ],
    ['random:0.5:0.6', /got random:0.5:0.6/],
    ['random:', /got random:;/],
    ['grid:0.5', /^masking grid: a ratio must be one number .*, got grid:0.5/],
    ['random:1.5', /^randomMasking: maskRatio must lie strictly between 0 and 1, got 1.5/],
    ['random:0.5,maskedCount=3', /maskedCount must stand alone/],
    ['published-attention,hintShown=0.1', /hintShown must be two numbers such as 0.1..0.5, got 0.1/],
    ['ibot,faithful=yes', /faithful must be one of true, false, got yes/],
    ['semantic,gamma=2,alpha=1', /alpha, the same throughout, must have no gamma beside it/],
  ])('refuses %j in one line', (text, message) => {
    expect(() => maskingByName(text)).toThrow(message);
    expect(() => maskingNeeds(text)).toThrow(message);
  });
});
