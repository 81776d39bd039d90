// The form in which a data set delivers its images.

import type { Framing, ImageSize } from '@semmae/core';

import type { LabelRules } from './labels/label-rules';
import type { PixelRules } from './pixels/pixel-rules';

export interface ImageForm {
  /** Size of every image. Default: images keep their own sizes. */
  imageSize?: ImageSize | undefined;
  /** How images come to that size. Default: resized to cover it and cropped around the center. */
  framing?: Framing | undefined;
  pixels?: PixelRules | undefined;
  /** What label files mean; false where they are not read, and images have no `parts`. */
  labels?: LabelRules | false | undefined;
}
