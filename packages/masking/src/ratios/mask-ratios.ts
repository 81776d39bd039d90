// How much of each image of a batch is hidden, as a law.

import type { Rng } from '@semmae/core';

/** One ratio in [0, 1] for each image of a batch; 0 hides nothing. */
export type MaskRatios = (imageCount: number, rng: Rng) => number[];
