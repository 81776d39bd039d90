// What tokens are, and what is done to them before parts are learned on them.

import type { PlaceFrameName } from '@semmae/parts';

/** Which tokens are F of Eq. 2: the encoder's output, or queries and keys of its last block. */
export type TokenSource = 'output' | 'qk';

export interface TokenPreparationChoice {
  /** Whether every channel is brought to mean 0 and deviation 1 over the patches of the training images. Default false. */
  standardize?: boolean;
  /**
   * Of six cosines of the place that are appended to the tokens: with weight w together a variance of about 3 w^2, beside C of
   * standardized tokens. Default 0: none are.
   */
  placeWeight?: number;
  /**
   * Whether that is the place in the image, or in the object that the image's own tokens tell from its border. Default 'image'; only
   * where `placeWeight` is above 0.
   */
  placeFrame?: PlaceFrameName;
  /**
   * Share of the patches that parts are made of, in [0.01, 1]: the most salient ones by the background rule. They are encoded again
   * without the others, which are background. Suits an encoder that was trained with the same share. Default 1: all are used.
   */
  keptShare?: number;
}
