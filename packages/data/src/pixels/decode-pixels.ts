// An image file, or pixels in memory, in the form of a data set.

import type { ImageForm } from '../image-form';
import type { RawImage } from '../sources/image-source';
import { openImage } from './open-image';
import { type DecodedPixels, inForm } from './opened-image';

/**
 * Decodes, turns upright and brings to size: as `framing` says, or else resized bicubically to cover the size, by libvips where that
 * shrinks a picture, and cropped around the center. Throws Undecodable where the file does not give what the rules ask for.
 */
export async function decodePixels(image: Uint8Array | RawImage, form: ImageForm): Promise<DecodedPixels> {
  return inForm(await openImage(image, form.pixels), form);
}
