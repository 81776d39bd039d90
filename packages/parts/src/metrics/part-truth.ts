// What predicted parts are scored against: a label for every pixel.

/** Part labels of an image of any size, row-major [H * W]: 0 = background. */
export interface PartTruth {
  labels: Uint8Array | Uint16Array;
  height: number;
  width: number;
  /** Label of pixels that no score counts, such as 255. Default: every pixel counts. */
  ignore?: number | undefined;
}
