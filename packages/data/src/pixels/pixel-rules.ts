// What pixels of a file become: the channels, bands and values of a data set.

export interface PixelRules {
  /** Channels of every image: 1, 3 or as many as the files have. Default 3. */
  channels?: number;
  /** Which bands of a file become the channels, in order, from 0. Default: the first ones; a fourth one must be alpha. */
  bands?: readonly number[];
  /** The stored values that become 0 and 255. */
  valueRange?: readonly [lowest: number, highest: number];
  /** Images of more pixels are refused. Default 100 million. */
  pixelLimit?: number;
  /** Whether files that a decoder accepts with a warning are used. Default 'accept-warnings'. */
  damaged?: 'accept-warnings' | 'strict';
}
