// A photograph at the size that an encoder wants, byte for byte what Pillow makes of it.

import { assertFraming, assertInteger, type Framing, type ImageSize } from '@semmae/core';

import { framedCrop } from './framed-crop';
import { checkedChannels, type PixelImage } from './pixel-image';
import { resample } from './resample';
import { byteWeights, resizeBytes } from './resize-bytes';
import { fullView } from './view';

/**
 * The center of `image` ([H, W, channels], 0..255) at `target`, [height, width, channels]. Bytes are resized as Pillow does it: encoders
 * then see what they saw in torchvision and timm, to the last bit but for a byte in millions. Floats stay floats, and are not rounded.
 */
export function frameImage<Pixels extends Uint8Array | Float32Array>(
  image: PixelImage & { readonly pixels: Pixels },
  target: ImageSize,
  framing: Framing,
): Pixels {
  assertInteger('frameImage', 'height', target.height);
  assertInteger('frameImage', 'width', target.width);
  const channels = checkedChannels('frameImage', image);
  assertFraming('frameImage', framing);
  const { interpolation } = framing;
  const { resized, top, left } = framedCrop(image, target, framing);
  const { pixels } = image;
  if (pixels instanceof Float32Array) {
    const window = { top, left, height: target.height, width: target.width };
    return resample(image, fullView(image), { ...resized, interpolation, window }) as Pixels;
  }
  return resizeBytes(
    { width: image.width, channels, pixels },
    byteWeights(image.height, resized.height, interpolation, { start: top, count: target.height }),
    byteWeights(image.width, resized.width, interpolation, { start: left, count: target.width }),
  ) as Pixels;
}
