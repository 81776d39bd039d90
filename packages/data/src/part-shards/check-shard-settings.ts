// The rules that the settings of a part-map shard obey, when one is written and when one is opened.

import { assertFraming, assertInteger, assertOneOf, assertRange, SemmaeError } from '@semmae/core';

import { assertPixelRules } from '../pixels/pixel-rules';
import type { PartShardSettings } from './part-shard';

const mostParts = 255;

/** The settings alone, in a fixed order: equal settings make equal JSON. */
export function checkShardSettings(where: string, settings: PartShardSettings): PartShardSettings {
  const { grid, partCount, hasBackground, encoder, softmaxAxis, cropPolicy, blur, background, imageSize } = settings;
  const { scores, scoreLimit, method, framing, pixels } = settings;
  assertInteger(where, 'grid.rows', grid?.rows);
  assertInteger(where, 'grid.columns', grid?.columns);
  assertInteger(where, 'partCount', partCount);
  assertRange(where, 'partCount', partCount, 1, mostParts);
  assertInteger(where, 'imageSize.height', imageSize?.height);
  assertInteger(where, 'imageSize.width', imageSize?.width);
  assertOneOf(where, 'softmaxAxis', softmaxAxis, ['positions', 'parts', 'unknown']);
  assertOneOf(where, 'scores', scores, ['float16', 'uint8', 'none']);
  if (typeof hasBackground !== 'boolean') {
    throw new SemmaeError({ where, requirement: 'hasBackground must be true or false', got: hasBackground });
  }
  const texts = { 'encoder.id': encoder?.id, 'encoder.hash': encoder?.hash, cropPolicy, blur, background };
  for (const [name, text] of Object.entries(texts)) {
    if (typeof text !== 'string') throw new SemmaeError({ where, requirement: `${name} must be a text`, got: text });
  }
  if (method !== undefined && typeof method !== 'string') {
    throw new SemmaeError({ where, requirement: 'method must be a text', got: method });
  }
  if (framing !== undefined) assertFraming(where, framing);
  if (pixels !== undefined) assertPixelRules(where, pixels);
  if (scores === 'uint8') assertRange(where, 'scoreLimit', scoreLimit ?? Number.NaN, 1e-6, 1e6);
  return {
    grid: { rows: grid.rows, columns: grid.columns },
    partCount,
    hasBackground,
    encoder: { id: encoder.id, hash: encoder.hash },
    softmaxAxis,
    cropPolicy,
    ...(framing === undefined ? {} : { framing: { ...framing } }),
    ...(pixels === undefined ? {} : { pixels: { ...pixels } }),
    blur,
    background,
    imageSize: { height: imageSize.height, width: imageSize.width },
    scores,
    ...(method === undefined ? {} : { method }),
    ...(scores === 'uint8' ? { scoreLimit } : {}),
  };
}
