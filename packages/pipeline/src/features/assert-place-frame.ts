// A frame of places needs a weight of places.

import { assertOneOf, SemmaeError } from '@semmae/core';
import { placeFrames } from '@semmae/parts';

import type { TokenPreparationChoice } from './token-choices';

/** Throws unless there are places for the frame, before an image is encoded in vain. */
export function assertPlaceFrame(where: string, { placeWeight = 0, placeFrame }: TokenPreparationChoice): void {
  if (placeFrame === undefined) return;
  assertOneOf(where, '`placeFrame`', placeFrame, placeFrames);
  if (placeWeight !== 0) return;
  throw new SemmaeError({
    where,
    requirement: '`placeFrame` needs a `placeWeight` above 0',
    got: `${placeFrame} with weight 0`,
    remedy: 'leave one out or give both',
  });
}
