// A source as a data set in a browser.

import { SemmaeError } from '@semmae/core';

import { decodingDataset, type ImageDatasetOptions } from '../decoding-dataset';
import type { ImageDataset } from '../image-dataset';
import type { ImageForm } from '../image-form';
import type { ImageSource } from '../sources/image-source';
import { decodeInBrowser } from './decode-in-browser';

/**
 * As `imageDataset` in Node, decoded by the browser: it decides which formats there are, applies color profiles and the EXIF orientation,
 * and what is transparent lies over white. Labels, `bands`, and PNGs of 16 bits are read in JavaScript, from PNG and .npy. A JPEG that
 * lacks pixels and ends as it should is filled up with gray by Chromium, which does not tell.
 */
export function imageDataset(
  source: ImageSource,
  form: ImageForm = {},
  options: ImageDatasetOptions = {},
): ImageDataset {
  if (form.pixels?.damaged === 'strict') {
    const requirement =
      'damaged must be accept-warnings in a browser, which decodes without saying what it passed over';
    throw new SemmaeError({ where: 'imageDataset', requirement, got: 'strict' });
  }
  return decodingDataset(source, form, decodeInBrowser, options);
}
