// From the words of the command line to values; each wrong word is one line.

import { SemmaeError } from '@semmae/core';
import type { MapBlur } from '@semmae/parts';

import type { GridSize, ImageSize } from '@semmae/pipeline';

/** An argument parser of commander. */
export type Parse<Value> = (text: string) => Value;

export function integer(option: string, { least = 1 }: { least?: number } = {}): Parse<number> {
  return (text) => {
    const value = Number(text);
    if (text.trim() !== '' && Number.isInteger(value) && value >= least) return value;
    throw wrong(option, `an integer of at least ${least}`, text);
  };
}

export function atLeastZero(option: string): Parse<number> {
  return (text) => {
    const value = Number(text);
    if (text.trim() !== '' && Number.isFinite(value) && value >= 0) return value;
    throw wrong(option, 'a number of at least 0', text);
  };
}

export function oneOf<Word extends string>(option: string, words: readonly Word[]): Parse<Word> {
  return (text) => {
    const word = words.find((candidate) => candidate === text);
    if (word !== undefined) return word;
    throw wrong(option, `one of ${words.join(', ')}`, text);
  };
}

/** '224' or '224x160', height first. */
export function imageSize(option: string): Parse<ImageSize> {
  return (text) => {
    const [height, width] = pair(option, text, 'a size such as 224 or 224x160 (height x width)');
    return { height, width };
  };
}

/** '28x28', rows first. */
export function gridSize(option: string): Parse<GridSize> {
  return (text) => {
    const [rows, columns] = pair(option, text, 'a grid such as 28x28 (rows x columns)');
    return { rows, columns };
  };
}

/** 'gaussian', 'gaussian:7', 'box:5' or 'none'. */
export function mapBlur(option: string): Parse<MapBlur> {
  return (text) => {
    const match = /^(gaussian|box|none)(?::(\d+))?$/.exec(text);
    if (match === null) throw wrong(option, 'gaussian, box or none, with a size such as gaussian:7', text);
    const kind = match[1] as NonNullable<MapBlur['kind']>;
    return match[2] === undefined ? { kind } : { kind, size: Number(match[2]) };
  };
}

function pair(option: string, text: string, requirement: string): [number, number] {
  const match = /^([1-9]\d*)(?:x([1-9]\d*))?$/.exec(text);
  if (match === null) throw wrong(option, requirement, text);
  return [Number(match[1]), Number(match[2] ?? match[1])];
}

function wrong(option: string, requirement: string, got: string): SemmaeError {
  return new SemmaeError({ where: option, requirement: `must be ${requirement}`, got, remedy: 'see --help' });
}
