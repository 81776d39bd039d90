// Patch tokens of one image made comparable by cosine.

import { assertInteger, assertLength, type PatchGrid } from '@semmae/core';

export interface BorderSaliencyOptions {
  /** Patch tokens of one image, without the class token: [N * C], finite. */
  tokens: Float32Array;
  /** C */
  channels: number;
  grid: PatchGrid;
}

/**
 * Brings each channel to mean 0 and deviation 1 over the patches of the image, so that a few loud channels do
 * not decide, and each token to length 1: [N * C]. A token that is the mean of all stays 0.
 */
export function tokenDirections(where: string, { tokens, channels, grid }: BorderSaliencyOptions): Float32Array {
  assertInteger(where, 'channels', channels);
  const { patchCount } = grid;
  assertLength(where, 'tokens', tokens, patchCount * channels, 'leave out the class token');
  const directions = new Float32Array(tokens.length);
  for (let channel = 0; channel < channels; channel++) {
    let [sum, squares] = [0, 0];
    for (let index = channel; index < tokens.length; index += channels) sum += tokens[index]!;
    const mean = sum / patchCount;
    for (let index = channel; index < tokens.length; index += channels) squares += (tokens[index]! - mean) ** 2;
    const deviation = Math.sqrt(squares / patchCount);
    // float32 tokens that differ by rounding alone are equal
    if (deviation <= 1e-6 * Math.abs(mean)) continue;
    for (let index = channel; index < tokens.length; index += channels) {
      directions[index] = (tokens[index]! - mean) / deviation;
    }
  }
  for (let start = 0; start < directions.length; start += channels) {
    const token = directions.subarray(start, start + channels);
    const length = Math.sqrt(token.reduce((total, value) => total + value * value, 0));
    if (length > 0) for (let channel = 0; channel < channels; channel++) token[channel]! /= length;
  }
  return directions;
}

/** One minus the cosine of two patches, in [0, 2], as half the squared distance of their directions: 0 for two blank ones. */
export function unlikeness(directions: Float32Array, channels: number, one: number, other: number): number {
  const [from, to] = [one * channels, other * channels];
  let squares = 0;
  for (let channel = 0; channel < channels; channel++) {
    squares += (directions[from + channel]! - directions[to + channel]!) ** 2;
  }
  return squares / 2;
}
