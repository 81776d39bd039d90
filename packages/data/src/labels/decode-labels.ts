// The part ids of a label file: numbers, not a picture of them.

import { defaultPixelLimit } from '../pixels/pixel-rules';
import type { RawLabels } from '../sources/image-source';
import { checkedLabels, labelIds } from './label-ids';
import type { LabelRules } from './label-rules';
import { storedLabels } from './stored-labels';

/**
 * The ids of a PNG, a TIFF or a .npy file, upright, [H, W]: the indices of a palette, gray values of any depth as they are stored, or
 * integers. RGB needs a color table, unless its three channels are equal. Alpha must be opaque. Bytes where all ids fit.
 *
 * Throws Undecodable for files of other formats, for damaged ones, and for what is no id: less than 0, more than 65535, a color that
 * is not in the table.
 */
export async function decodeLabels(
  labels: Uint8Array | RawLabels,
  rules: LabelRules = {},
  pixelLimit = defaultPixelLimit,
): Promise<RawLabels> {
  if (!(labels instanceof Uint8Array)) return checkedLabels(labels);
  return labelIds(await storedLabels(labels, pixelLimit), rules);
}
