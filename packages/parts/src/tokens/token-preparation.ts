// What is done to an encoder's tokens before parts are learned on them.

import { assertInteger, assertLength, type PatchGrid } from '@semmae/core';

import { placeCode, placeCodeWidth } from './place-code';
import type { TokenScaling } from './token-scaling';

export interface TokenPreparationOptions {
  /** Width C of the encoder's tokens. */
  channels: number;
  /** Grid of the patch tokens. */
  grid: PatchGrid;
  /** Standardises the tokens. Default: they stay as they are. */
  scaling?: TokenScaling;
  /** Of the place code that is appended to the tokens. Default 0: none is. */
  placeWeight?: number;
}

export interface TokenPreparation {
  /** Width C' of prepared tokens: C, or C + 6 with a place code. */
  readonly channels: number;
  /** Patch tokens [N * C] -> [N * C']; the same array where nothing is to be done. */
  patches(patchTokens: Float32Array): Float32Array;
  /** A token that stands for the whole image [C] -> [C']: scaled like a patch, with the mean code of all patches. */
  image(token: Float32Array): Float32Array;
}

/** Standardised tokens, with a code of the place: linear, so the mean of prepared patches is the prepared mean. */
export function tokenPreparation(options: TokenPreparationOptions): TokenPreparation {
  const { channels, grid, scaling, placeWeight = 0 } = options;
  const where = 'tokenPreparation';
  assertInteger(where, 'channels', channels);
  if (scaling !== undefined) {
    for (const name of ['mean', 'deviation'] as const) assertLength(where, name, scaling[name], channels);
  }
  const code = placeCode(grid, placeWeight);
  const codeWidth = placeWeight > 0 ? placeCodeWidth : 0;
  const width = channels + codeWidth;
  const meanCode = Float32Array.from({ length: placeCodeWidth }, (_, channel) => {
    let sum = 0;
    for (let patch = 0; patch < grid.patchCount; patch++) sum += code[patch * placeCodeWidth + channel]!;
    return sum / grid.patchCount;
  });

  function prepare(tokens: Float32Array, codes: Float32Array): Float32Array {
    if (scaling === undefined && codeWidth === 0) return tokens;
    const count = tokens.length / channels;
    const prepared = new Float32Array(count * width);
    for (let token = 0; token < count; token++) {
      for (let channel = 0; channel < channels; channel++) {
        const value = tokens[token * channels + channel]!;
        prepared[token * width + channel] = scaling
          ? (value - scaling.mean[channel]!) / scaling.deviation[channel]!
          : value;
      }
      const place = token * placeCodeWidth;
      prepared.set(codes.subarray(place, place + codeWidth), token * width + channels);
    }
    return prepared;
  }

  return {
    channels: width,
    patches(patchTokens) {
      assertLength(where, 'patchTokens', patchTokens, grid.patchCount * channels);
      return prepare(patchTokens, code);
    },
    image(token) {
      assertLength(where, 'token', token, channels);
      return prepare(token, meanCode);
    },
  };
}
