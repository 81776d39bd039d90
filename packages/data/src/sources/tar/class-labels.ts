// Labels of many shards as indices into one list of class names.

import { SemmaeError } from '@semmae/core';

import { packedKey } from '../key-table';
import type { Shard } from './read-shard';

/**
 * Turns labels that are words into class ids, in place, and gives the class names: those given, or else the sorted words. Throws a
 * SemmaeError for a label without a name, and where there are no names and some labels are words and some are numbers.
 */
export function classLabels(
  shards: readonly Shard[],
  given: readonly string[] | undefined,
): readonly string[] | undefined {
  const words = new Set(shards.flatMap(({ index }) => index.labelNames));
  const names = given ?? (words.size > 0 ? [...words].sort() : undefined);
  const idOfWord = new Map(names?.map((name, id) => [name, id]));
  for (const { file, index } of shards) {
    const ids = index.labelNames.map((word) => idOfWord.get(word));
    for (const [position, label] of index.labels.entries()) {
      const word = label < -1 ? -2 - label : undefined;
      const id = word === undefined ? label : ids[word];
      const isNumberAmongWords = given === undefined && names !== undefined && label >= 0;
      if (id === undefined || isNumberAmongWords || (names !== undefined && id >= names.length)) {
        const sample = `${file.name}/${packedKey(index.keys, position)}`;
        throw labelError(sample, word === undefined ? label : index.labelNames[word]!, given);
      }
      index.labels[position] = id;
    }
  }
  return names;
}

function labelError(sample: string, label: number | string, given: readonly string[] | undefined): SemmaeError {
  const requirement =
    given === undefined
      ? 'labels must be all words or all numbers where no class names are given'
      : `labels must be one of the ${given.length} class names or an index into them`;
  const remedy = 'write all class names to classes.json beside the shards, or pass classNames';
  return new SemmaeError({ where: sample, requirement, got: label, remedy });
}
