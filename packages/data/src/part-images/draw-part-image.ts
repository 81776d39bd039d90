// Draws one object of a class on a background, with the part id of every pixel.
//
// Colors are supersampled 2x2, so outlines are smooth; part ids are taken at pixel centers, so they are never mixed.

import type { Rng } from '@semmae/core';

import { drawBackground } from './background';
import type { ObjectClass } from './object-classes';
import { type Color, type ColorPair, drawPalette } from './palette';
import { partKinds } from './part-kinds';
import type { PlacedPart } from './placed-part';
import { type Canvas, drawPose } from './pose';
import { textures } from './textures';

export interface PartImage {
  /** RGB in 0..255, [H, W, 3]. */
  pixels: Uint8Array;
  /** Part ids, [H, W], 0 = background. */
  parts: Uint8Array;
}

const samplesPerSide = 2;
const rimShare = 0.022; // of the shorter image side
const rimStrength = 0.55;
const shadeStrength = 0.2; // lighter on one side of the axis, darker on the other: parts look round
const black: Color = [0, 0, 0];
const white: Color = [255, 255, 255];

/** An image of one object; everything but the arrangement of the parts is drawn independently of the class. */
export function drawPartImage(rng: Rng, objectClass: ObjectClass, canvas: Canvas): PartImage {
  const pose = drawPose(rng.split('pose'), objectClass, canvas);
  const palette = drawPalette(rng.split('palette'), [0, ...partKinds.map(({ tone }) => tone)]);
  const rimColor = rng.split('rim').uniform() < 0.5 ? black : white;

  const parts = new Uint8Array(canvas.height * canvas.width);
  const pixels = new Uint8Array(canvas.height * canvas.width * 3);
  drawBackground(rng.split('background'), pixels, canvas, palette[0]!);
  const samples = spread(pixels, canvas);
  for (const part of pose) {
    markPart(parts, canvas, part);
    paintPart(samples, canvas, part, palette[part.id]!, rimColor);
  }
  gather(samples, pixels, canvas);
  return { pixels, parts };
}

/** Part ids by the sample at each pixel's center. */
function markPart(parts: Uint8Array, canvas: Canvas, part: PlacedPart): void {
  eachInside(part, canvas, 1, (sample) => {
    parts[sample] = part.id;
  });
}

/** Texture and rim at every sample, [2H, 2W, 3]. */
function paintPart(samples: Uint8Array, canvas: Canvas, part: PlacedPart, colors: ColorPair, rimColor: Color): void {
  const texture = textures[partKinds[part.id - 1]!.texture];
  const rim = rimShare * Math.min(canvas.height, canvas.width);
  const center = part.length / 2 / part.period;
  const [first, second] = [colors.first, colors.second];
  const [firstRim, secondRim] = [mix(first, rimColor), mix(second, rimColor)];
  eachInside(part, canvas, samplesPerSide, (sample, along, across, distance) => {
    const patterned = texture(along / part.period, across / part.period, center);
    const color = distance > -rim ? (patterned ? secondRim : firstRim) : patterned ? second : first;
    const light = 1 + shadeStrength * ((2 * across) / part.width);
    for (const channel of [0, 1, 2] as const) samples[3 * sample + channel] = Math.min(255, color[channel] * light);
  });
}

/** Calls `visit` for every sample of a raster with `density` samples per pixel side whose point lies inside the part. */
function eachInside(
  part: PlacedPart,
  canvas: Canvas,
  density: number,
  visit: (sample: number, along: number, across: number, distance: number) => void,
): void {
  const { originX, originY, axisX, axisY, length, width, distance } = part;
  const columns = canvas.width * density;
  // the part's own box, turned: half extents around its middle
  const middleX = originX + (axisX * length) / 2;
  const middleY = originY + (axisY * length) / 2;
  const reachX = (Math.abs(axisX) * length + Math.abs(axisY) * width) / 2;
  const reachY = (Math.abs(axisY) * length + Math.abs(axisX) * width) / 2;
  const firstRow = Math.max(0, Math.floor((middleY - reachY) * density));
  const lastRow = Math.min(canvas.height * density - 1, Math.ceil((middleY + reachY) * density));
  const firstColumn = Math.max(0, Math.floor((middleX - reachX) * density));
  const lastColumn = Math.min(columns - 1, Math.ceil((middleX + reachX) * density));
  for (let row = firstRow; row <= lastRow; row++) {
    const dy = (row + 0.5) / density - originY;
    for (let column = firstColumn; column <= lastColumn; column++) {
      const dx = (column + 0.5) / density - originX;
      const along = dx * axisX + dy * axisY;
      const across = dy * axisX - dx * axisY;
      const outline = distance(along, across, length, width);
      if (outline < 0) visit(row * columns + column, along, across, outline);
    }
  }
}

/** [H, W, 3] to [2H, 2W, 3] by repetition. */
function spread(pixels: Uint8Array, { height, width }: Canvas): Uint8Array {
  const samples = new Uint8Array(pixels.length * samplesPerSide ** 2);
  const rowLength = 3 * samplesPerSide * width;
  for (let y = 0; y < height; y++) {
    const start = y * samplesPerSide * rowLength;
    for (let x = 0; x < width; x++) {
      const pixel = 3 * (y * width + x);
      for (let channel = 0; channel < 3; channel++) {
        samples[start + 6 * x + channel] = pixels[pixel + channel]!;
        samples[start + 6 * x + 3 + channel] = pixels[pixel + channel]!;
      }
    }
    samples.copyWithin(start + rowLength, start, start + rowLength);
  }
  return samples;
}

/** [2H, 2W, 3] to [H, W, 3] by averaging. */
function gather(samples: Uint8Array, pixels: Uint8Array, { height, width }: Canvas): void {
  const rowLength = 3 * samplesPerSide * width;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let channel = 0; channel < 3; channel++) {
        const sample = y * samplesPerSide * rowLength + 6 * x + channel;
        const sum =
          samples[sample]! + samples[sample + 3]! + samples[sample + rowLength]! + samples[sample + rowLength + 3]!;
        pixels[3 * (y * width + x) + channel] = (sum + 2) >> 2;
      }
    }
  }
}

function mix(color: Color, rimColor: Color): Color {
  const channel = (index: 0 | 1 | 2) => color[index] + rimStrength * (rimColor[index] - color[index]);
  return [channel(0), channel(1), channel(2)];
}
