// How a photograph becomes what a network was trained on.

export interface Preprocessing {
  /** Of each color, for values in [0, 1]. */
  mean: readonly number[];
  standardDeviation: readonly number[];
  /** Of the network's input, in pixels. */
  imageSize: { height: number; width: number };
  /** Side of the center crop in units of the resized photograph's shorter side, in (0, 1]. */
  cropFraction: number;
  /** Of the resize. */
  interpolation: 'nearest' | 'bilinear' | 'bicubic' | 'lanczos';
  /** Where it is from: a file beside the weights, or what the family's published models were trained with. */
  source: 'config.json' | 'preprocessor_config.json' | 'family';
}
