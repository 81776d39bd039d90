// What is done to an encoder's tokens before parts are learned on them.

import { assertInteger, assertLength, assertOneOf, type PatchGrid, SemmaeError } from '@semmae/core';

import { placeCode, placeCodeWidth } from './place-code';
import { frameOfPatches, objectFrame, type PlaceFrame, type PlaceFrameName, placeFrames } from './place-frame';
import type { TokenScaling } from './token-scaling';

export interface TokenPreparationOptions {
  /** Width C of the encoder's tokens. */
  channels: number;
  /** Grid of the patch tokens. */
  grid: PatchGrid;
  /** Standardizes the tokens. Default: they stay as they are. */
  scaling?: TokenScaling;
  /** Weight of the place code that is appended to the tokens. Default 0: none is appended. */
  placeWeight?: number;
  /** Whether places are measured in the image or in its object (`objectFrame`). Default 'image'. */
  placeFrame?: PlaceFrameName;
}

export interface TokenPreparation {
  /** Width C' of prepared tokens: C, or C + 6 with a place code. */
  readonly channels: number;
  /**
   * Patch tokens of one image [N * C] -> [N * C']; the same array where nothing is to be done. With `placeFrame` 'object' the frame
   * is kept with the array, so an array must not be reused for another image.
   */
  patches(patchTokens: Float32Array): Float32Array;
  /** Tokens of the patches `kept` alone [K * C] -> [K * C']. The frame of the object is that of these patches. */
  keptPatches(patchTokens: Float32Array, kept: Int32Array): Float32Array;
  /**
   * A token that stands for the whole image [C] -> [C']: scaled like a patch, with the mean code of all patches; with places in the
   * object, the mean code over its frame, which is 0 for every image.
   */
  image(token: Float32Array): Float32Array;
}

const where = 'tokenPreparation';

/** Standardizes tokens and appends the code of their place. With places in the image, the mean of prepared patches is the prepared mean. */
export function tokenPreparation(options: TokenPreparationOptions): TokenPreparation {
  const { channels, grid, scaling, placeWeight = 0, placeFrame = 'image' } = options;
  assertInteger(where, 'channels', channels);
  if (scaling !== undefined) {
    for (const name of ['mean', 'deviation'] as const) assertLength(where, name, scaling[name], channels);
  }
  assertPlaceFrame(placeFrame, placeWeight);
  const imageCode = placeCode(grid, placeWeight);
  // a cosine of whole or half periods is 0 on average from 0 to 1
  const meanCode = placeFrame === 'object' ? new Float32Array(placeCodeWidth) : meanOf(imageCode);
  const frames = new WeakMap<Float32Array, PlaceFrame>(); // finding one takes longer than all else here
  const codeWidth = placeWeight > 0 ? placeCodeWidth : 0;
  const width = channels + codeWidth;

  function codeOf(tokens: Float32Array): Float32Array {
    if (placeFrame === 'image') return imageCode;
    const frame = frames.get(tokens) ?? objectFrame({ tokens, channels, grid });
    frames.set(tokens, frame);
    return placeCode(grid, placeWeight, frame);
  }

  function codeOfKept(kept: Int32Array): Float32Array {
    const codes = placeFrame === 'image' ? imageCode : placeCode(grid, placeWeight, frameOfPatches(kept, grid));
    const chosen = new Float32Array(kept.length * placeCodeWidth);
    for (const [place, patch] of kept.entries()) {
      chosen.set(codes.subarray(patch * placeCodeWidth, (patch + 1) * placeCodeWidth), place * placeCodeWidth);
    }
    return chosen;
  }

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
      return prepare(patchTokens, codeOf(patchTokens));
    },
    keptPatches(patchTokens, kept) {
      assertLength(where, 'patchTokens', patchTokens, kept.length * channels);
      return prepare(patchTokens, codeOfKept(kept));
    },
    image(token) {
      assertLength(where, 'token', token, channels);
      return prepare(token, meanCode);
    },
  };
}

function assertPlaceFrame(placeFrame: string, placeWeight: number): void {
  assertOneOf(where, 'placeFrame', placeFrame, placeFrames);
  if (placeFrame === 'image' || placeWeight !== 0) return;
  throw new SemmaeError({
    where,
    requirement: "placeFrame 'object' needs a placeWeight above 0",
    got: placeWeight,
    remedy: 'leave one out or give both',
  });
}

/** Over the patches: [N * 6] -> [6] */
function meanOf(code: Float32Array): Float32Array {
  const patchCount = code.length / placeCodeWidth;
  return Float32Array.from({ length: placeCodeWidth }, (_, channel) => {
    let sum = 0;
    for (let patch = 0; patch < patchCount; patch++) sum += code[patch * placeCodeWidth + channel]!;
    return sum / patchCount;
  });
}
