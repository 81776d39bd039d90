// Masking strategies by name, as the program's option `--masking NAME[:RATIO][,key=value…]` writes them.

import { SemmaeError } from '@semmae/core';
import type { MaskingGuidance } from '@semmae/masking';

import { type MaskedCounts, type MaskingRow, maskingRows, type NamedStrategy } from './masking-rows';

/** Ways to mask that have no name here, and what to do instead. */
const withoutName: Readonly<Record<string, string>> = {
  user: 'it is a mask or a function of your own: call userMasking of @semmae/masking in a program',
  ratio: 'it is made from another strategy: call ratioMasking of @semmae/masking in a program',
  'corrupt-blocks': 'it replaces pixels and is no mask of patches: call corruptBlocks of @semmae/masking/corruption',
  adios: 'its masks are learned: call trainAdversarialMasking of @semmae/train',
};

/** The names that `maskingByName` knows. */
export const maskingNames: readonly string[] = Object.keys(maskingRows);

/**
 * The strategy that `NAME[:RATIO][,key=value…]` names: `random`, `block:0.6`, `attention:0.75,mode=hint,hintPool=0.2`,
 * `semantic,gamma=3`. Keys are the options of the strategy's function; two numbers are written `0.1..0.5`. `maskRatio` is the ratio
 * where the text has none and the strategy takes one. Throws one line on unknown names, keys and values.
 */
export function maskingByName(text: string, { maskRatio }: { maskRatio?: number | undefined } = {}): NamedStrategy {
  const { row, values } = parsedMasking(text);
  const { insteadOfRatio } = row;
  const takesDefault = insteadOfRatio !== undefined && !insteadOfRatio.some((key) => key in values);
  return row.create(maskRatio !== undefined && takesDefault ? { maskRatio, ...values } : values);
}

export interface MaskingNeeds {
  /** In the context. */
  guidance: MaskingGuidance;
  /** Which the training step must be able to take. */
  counts: MaskedCounts;
  /** Whether it looks at rows and columns and so needs all patches of the grid. */
  places: boolean;
}

/** What the strategy of this name needs. */
export function maskingNeeds(text: string): MaskingNeeds {
  const { row, values } = parsedMasking(text);
  return { guidance: row.create(values).guidance, counts: row.counts(values), places: row.places };
}

/** One line for each name: what it hides, what it needs, its keys. For `--help`. */
export function maskingHelp(): string[] {
  return Object.entries(maskingRows).map(([name, { summary, insteadOfRatio, parsers }]) => {
    const { guidance, counts } = maskingNeeds(name);
    const needs = guidance === 'none' ? '' : `; needs ${guidance}`;
    const padding =
      counts === 'fixed' ? '' : `; counts differ ${counts === 'per-batch' ? 'between batches' : 'between images'}`;
    const ratio = insteadOfRatio === undefined ? '' : '[:RATIO]';
    return `${name}${ratio}  ${summary}${needs}${padding}. Keys: ${Object.keys(parsers).join(', ')}`;
  });
}

function parsedMasking(text: string): { row: MaskingRow; values: Record<string, unknown> } {
  const [head = '', ...pairs] = text.split(',');
  const [name = '', ratio, ...rest] = head.split(':');
  const row = Object.hasOwn(maskingRows, name) ? maskingRows[name]! : undefined;
  if (row === undefined) throw unknownName(name);
  const values: Record<string, unknown> = {};
  if (ratio !== undefined) {
    if (row.insteadOfRatio === undefined || rest.length > 0 || ratio === '' || Number.isNaN(Number(ratio)))
      throw wrongRatio(name, head);
    values.maskRatio = Number(ratio);
  }
  for (const pair of pairs) {
    const [key = '', ...value] = pair.split('=');
    const parse = Object.hasOwn(row.parsers, key) ? row.parsers[key] : undefined;
    if (parse === undefined || value.length !== 1 || key in values) throw unknownKey(name, row, pair);
    values[key] = parse(key, value[0]!);
  }
  return { row, values };
}

function unknownName(name: string): SemmaeError {
  const reason = Object.hasOwn(withoutName, name) ? `; ${withoutName[name]}` : '';
  const requirement = `the name must be one of ${maskingNames.join(', ')}`;
  return new SemmaeError({ where: 'masking', requirement, got: `${name}${reason}` });
}

function unknownKey(name: string, { parsers }: MaskingRow, pair: string): SemmaeError {
  return new SemmaeError({
    where: `masking ${name}`,
    requirement: `what follows must be key=value, each key once, of ${Object.keys(parsers).join(', ')}`,
    got: pair,
  });
}

function wrongRatio(name: string, head: string): SemmaeError {
  const ratioed = maskingNames.filter((other) => maskingRows[other]!.insteadOfRatio !== undefined);
  return new SemmaeError({
    where: `masking ${name}`,
    requirement: 'a ratio must be one number after the name of a strategy that takes one',
    got: head,
    remedy: `these do: ${ratioed.join(', ')}`,
  });
}
