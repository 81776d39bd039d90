// Text and lines over a picture.

import sharp from 'sharp';

import type { Picture } from './picture';

/** A copy of the picture with an SVG of the same size drawn over it. Text takes the fonts of the machine; without fonts it stays blank. */
export async function drawnOver({ height, width, pixels }: Picture, svg: string): Promise<Picture> {
  const drawn = await sharp(pixels, { raw: { height, width, channels: 3 } })
    .composite([{ input: Buffer.from(svg), top: 0, left: 0 }])
    .removeAlpha()
    .raw()
    .toBuffer();
  return { height, width, pixels: new Uint8Array(drawn.buffer, drawn.byteOffset, drawn.byteLength) };
}
