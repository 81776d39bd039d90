import { readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import { imageDataset } from '../image-dataset-of';
import type { ImageForm } from '../image-form';
import type { ImageSource } from '../sources/image-source';
import { UnreadableImage } from '../unreadable-image';
import table from './__fixtures__/labels.json';

const bytes = (path: string) => new Uint8Array(readFileSync(new URL(path, import.meta.url)));
const ids = (name: keyof typeof table) => (table[name] as { ids?: number[] }).ids!;

/** A picture of 5 x 7 pixels with this label file. */
function open(mask: string, form: ImageForm = {}) {
  const source: ImageSource = {
    name: 'one',
    length: 1,
    idAt: () => 'street',
    read: async () => ({
      image: bytes('../pixels/__fixtures__/images/rgb.png'),
      mask: bytes(`__fixtures__/labels/${mask}`),
      names: { mask },
    }),
  };
  return imageDataset(source, form);
}

describe('label files beside images', () => {
  it.each(['palette-8.png', 'gray-16.png', 'gray-16-large.png', 'uint16.tif', 'int64.npy'] as const)(
    '%s keeps its ids, and none is mixed from two where the image changes size',
    async (name) => {
      const whole = await open(name, { labels: { ignoreLabel: 7 } }).get(0);
      expect([...whole.parts!]).toEqual(ids(name));
      expect(whole.ignoreLabel).toBe(7);
      const { parts } = await open(name, { imageSize: { height: 10, width: 14 } }).get(0);
      const doubled = Array.from({ length: 140 }, (_, pixel) => {
        const [y, x] = [Math.floor(pixel / 14), pixel % 14];
        return ids(name)[Math.floor(y / 2) * 7 + Math.floor(x / 2)];
      });
      expect([...parts!]).toEqual(doubled);
    },
  );

  it('leaves an image out whose label file cannot be read, and says which', async () => {
    const dataset = open('colors.png');
    const attempt = dataset.get(0);
    await expect(attempt).rejects.toSatisfy(UnreadableImage.isInstance);
    await expect(attempt).rejects.toThrow(/colors\.png: unsuited labels, the color .* must be said by `colorTable`/);
    expect(dataset.leftOut.summary()).toBe('1 unreadable mask');
  });

  it('refuses a mask of another size than its image', async () => {
    await expect(open('orientation-6.png').get(0)).rejects.toThrow(
      'a part map must have the size of its image, the image (7x5 pixels), got orientation-6.png (5x7 pixels)',
    );
  });

  it('refuses rules that no file could follow when it is opened', () => {
    expect(() => open('uint8.npy', { labels: { ignoreLabel: -1 } })).toThrow(/ignoreLabel must be between 0 and 65535/);
    expect(() => open('uint8.npy', { pixels: { valueRange: [1, 0] } })).toThrow(/valueRange must be two numbers/);
  });
});
