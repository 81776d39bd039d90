// How a photograph becomes what a network was trained on.

export interface Preprocessing {
  /** Of each color, for values in [0, 1]. */
  mean: readonly number[];
  standardDeviation: readonly number[];
  /** Of the network's input, in pixels. */
  imageSize: { height: number; width: number };
  framing: {
    interpolation: 'bilinear' | 'bicubic' | 'lanczos';
    /** What the center crop keeps of the resized sides, in (0, 1]. Without one both sides are resized, whatever the proportions. */
    cropFraction?: number;
  };
}
