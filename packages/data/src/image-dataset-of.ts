// A source as a data set in Node: files are decoded by sharp.

import { type DecodeSample, decodingDataset, type ImageDatasetOptions } from './decoding-dataset';
import type { ImageDataset } from './image-dataset';
import type { ImageForm } from './image-form';
import { decodePartMap } from './labels/decode-part-map';
import { decodePixels } from './pixels/decode-pixels';
import type { ImageSource } from './sources/image-source';

/**
 * The images of `source` in one form: upright, in as many channels as `form` says, at one size where it says so. Nothing is decoded before it is asked for.
 *
 * Part maps move exactly as their images do; one of another size than its image is an error. Damaged and truncated files, which
 * a decoder would fill up with gray, are unreadable: `get` throws UnreadableImage and counts them in `leftOut`.
 */
export function imageDataset(
  source: ImageSource,
  form: ImageForm = {},
  options: ImageDatasetOptions = {},
): ImageDataset {
  return decodingDataset(source, form, decodeSample, options);
}

const decodeSample: DecodeSample = async ({ image, mask, names }, form) => {
  const { source, ...decoded } = await decodePixels(image, form);
  const { labels = {} } = form;
  if (mask === undefined || labels === false) return decoded;
  return { ...decoded, parts: await decodePartMap(mask, source, form, names), ignoreLabel: labels.ignoreLabel };
};
