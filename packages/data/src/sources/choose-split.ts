// Data sets come as several splits, such as train and test: which files are the one that is wanted.

import { SemmaeError } from '@semmae/core';

import type { LeftOut } from './left-out';

/** The words of Hugging Face's `datasets` for its three splits. */
const words: readonly (readonly [split: string, pattern: string])[] = [
  ['train', 'train(?:ing)?'],
  ['validation', 'validation|valid|val|dev'],
  ['test', 'test(?:ing)?|eval(?:uation)?|t10k'],
];

/**
 * The split that a path names, undefined where it names none: `data/train-00000-of-00005.parquet`, `default/test/0000.parquet`,
 * `data_batch_1.bin` of CIFAR. In shards that count themselves the name is free; otherwise it is one of train, validation and test.
 *
 * Reference: https://huggingface.co/docs/datasets/repository_structure
 */
function splitOf(path: string): string | undefined {
  const steps = path.split(/[/\\]/);
  const [, counted] = /^(\w+(?:\.\w+)*)-\d{5}-of-\d{5}\b/.exec(steps.at(-1)!) ?? [];
  if (counted !== undefined) return wordIn(counted) ?? counted;
  return steps
    .reverse()
    .map(wordIn)
    .find((split) => split !== undefined);
}

function wordIn(step: string): string | undefined {
  if (/^data_batch_\d/.test(step)) return 'train';
  return words.find(([, pattern]) => new RegExp(`(?:^|[^a-z])(?:${pattern})(?:[^a-z]|$)`, 'i').test(step))?.[0];
}

/**
 * The paths of the split that is asked for; without a wish, of train where there are several. Paths of no split go with any. The others
 * are counted. Throws a SemmaeError where there is no such split.
 */
export function chooseSplit(
  where: string,
  paths: readonly string[],
  { split, leftOut }: { split?: string | undefined; leftOut: LeftOut },
): string[] {
  const splits = new Map(paths.map((path) => [path, splitOf(path)]));
  const names = [...new Set(splits.values())].filter((name) => name !== undefined);
  const chosen = split === undefined ? undefined : (wordIn(split) ?? split);
  if (chosen !== undefined && !names.includes(chosen)) {
    const got = split;
    throw new SemmaeError({
      where,
      requirement: `the split must be one of ${names.join(', ') || 'none: no file names one'}`,
      got,
    });
  }
  if (names.length < 2) return [...paths];
  const wanted = chosen ?? (names.includes('train') ? 'train' : undefined);
  if (wanted === undefined) {
    const remedy = `choose one, such as ${names[0]}`;
    throw new SemmaeError({ where, requirement: 'the split must be chosen', got: names, remedy });
  }
  return paths.filter((path) => {
    const own = splits.get(path);
    if (own !== undefined && own !== wanted) leftOut.add('file of another split', path, `split ${own}`);
    return own === undefined || own === wanted;
  });
}
