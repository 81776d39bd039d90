// Images of any number of channels, with masks and labels, whose channels are mixtures of the colors of drawn ones.

import { type ImageDataset, partDataset } from '@semmae/data';

import { imageSize } from './tiny';

/** Channel c is mixed from red, green and blue by shares of its own; floats are not rounded. */
export function channeledData(
  channels: number,
  { count = 13, floats = false, ...size }: { count?: number; floats?: boolean; height?: number; width?: number } = {},
): ImageDataset {
  const drawn = partDataset({ seed: 5, count, ...imageSize, ...size });
  return {
    ...drawn,
    name: `${drawn.name}, ${channels} channels`,
    form: { ...drawn.form, pixels: { channels } },
    async get(index) {
      const image = await drawn.get(index);
      const values = Float32Array.from({ length: image.height * image.width * channels }, (_, at) => {
        const [pixel, channel] = [Math.floor(at / channels), at % channels];
        const [red, green, blue] = image.pixels.subarray(3 * pixel, 3 * pixel + 3);
        const [a, b] = [((channel * 3) % 7) / 7, ((channel * 5) % 11) / 11];
        return (1 - a) * red! + a * ((1 - b) * green! + b * blue!);
      });
      return { ...image, channels, pixels: floats ? values : Uint8Array.from(values) };
    },
  };
}
