// The four color adjustments of torchvision's ColorJitter, in place, on pixels in 0..255: RGB, [..., 3], where nothing else is said.

import { luma } from './grayscale';

/** Multiplies by `factor`, whatever the number of channels: 0 is black, 1 changes nothing. */
export function adjustBrightness(pixels: Float32Array, factor: number): Float32Array {
  for (let index = 0; index < pixels.length; index++) pixels[index] = Math.min(factor * pixels[index]!, 255);
  return pixels;
}

/**
 * Moves every value away from the mean luma of the image by `factor`: 0 is one gray, 1 changes nothing. Where there are not 3
 * `channels` the mean of all values stands for it.
 */
export function adjustContrast(pixels: Float32Array, factor: number, channels = 3): Float32Array {
  const offset = (1 - factor) * (channels === 3 ? meanLuma(pixels) : mean(pixels));
  for (let index = 0; index < pixels.length; index++) pixels[index] = clamp(factor * pixels[index]! + offset);
  return pixels;
}

function meanLuma(pixels: Float32Array): number {
  let sum = 0;
  for (let red = 0; red < pixels.length; red += 3) sum += luma(pixels[red]!, pixels[red + 1]!, pixels[red + 2]!);
  return sum / (pixels.length / 3);
}

function mean(pixels: Float32Array): number {
  return pixels.reduce((sum, value) => sum + value, 0) / pixels.length;
}

/** Moves every pixel away from its own luma by `factor`: 0 is grayscale, 1 changes nothing. */
export function adjustSaturation(pixels: Float32Array, factor: number): Float32Array {
  for (let red = 0; red < pixels.length; red += 3) {
    const offset = (1 - factor) * luma(pixels[red]!, pixels[red + 1]!, pixels[red + 2]!);
    pixels[red] = clamp(factor * pixels[red]! + offset);
    pixels[red + 1] = clamp(factor * pixels[red + 1]! + offset);
    pixels[red + 2] = clamp(factor * pixels[red + 2]! + offset);
  }
  return pixels;
}

/** Turns the hue of every pixel in HSV by `turns` of the color circle: 1/3 makes red green. */
export function adjustHue(pixels: Float32Array, turns: number): Float32Array {
  const shift = 6 * (turns - Math.floor(turns));
  for (let index = 0; index < pixels.length; index += 3) {
    const red = pixels[index]!;
    const green = pixels[index + 1]!;
    const blue = pixels[index + 2]!;
    const value = Math.max(red, green, blue);
    const chroma = value - Math.min(red, green, blue);
    if (chroma === 0) continue; // gray has no hue
    const hue = around(sextant(red, green, blue, value, chroma) + shift);
    pixels[index] = value - chroma * missing(around(hue + 5));
    pixels[index + 1] = value - chroma * missing(around(hue + 3));
    pixels[index + 2] = value - chroma * missing(around(hue + 1));
  }
  return pixels;
}

/** Hue in sixths of the circle, [-1, 5): 0 is red, 2 green, 4 blue. */
function sextant(red: number, green: number, blue: number, value: number, chroma: number): number {
  if (value === red) return (green - blue) / chroma;
  if (value === green) return 2 + (blue - red) / chroma;
  return 4 + (red - green) / chroma;
}

/** A place in [-1, 12) on the circle of six, in [0, 6). */
function around(place: number): number {
  return place < 0 ? place + 6 : place < 6 ? place : place - 6;
}

/** The share of the chroma that a channel lacks at its place on the circle: 0 for a third of it, 1 for another, ramps between. */
function missing(place: number): number {
  if (place >= 4) return 0;
  if (place < 1) return place;
  return place > 3 ? 4 - place : 1;
}

function clamp(value: number): number {
  return value < 0 ? 0 : value > 255 ? 255 : value;
}
