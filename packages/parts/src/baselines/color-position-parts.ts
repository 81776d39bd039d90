// Baseline of before deep learning: clusters of pixel color and position are parts.

import {
  assertInteger,
  assertLength,
  assertRange,
  kMeans,
  majorityLabels,
  type PatchGrid,
  type Rng,
  SemmaeError,
} from '@semmae/core';

import type { ClusterParts } from './k-means-parts';

/** A `LabeledImage` is one. */
export interface ColorImage {
  /** Row-major [H * W * channels]. */
  pixels: Uint8Array | Float32Array;
  height: number;
  width: number;
  /** Default 3: RGB. */
  channels?: number;
}

export interface ColorPositionPartsOptions {
  /** Training images, of any sizes, all with as many channels. */
  images: readonly ColorImage[];
  grid: PatchGrid;
  partCount: number;
  rng: Rng;
  /** Weight of the two coordinates against the channels, each of unit variance. 0: color alone. Default 1. */
  positionWeight?: number;
  /** Pixels drawn from each training image to fit the clusters. Default 1024. */
  pixelsPerImage?: number;
  /** Runs of k-means, of which the best is kept. Default 3. */
  restarts?: number;
}

/** Coordinates are uniform in [0, 1]; this is their standard deviation. */
const uniformDeviation = Math.sqrt(1 / 12);

/** k-means over pixels of all images; every patch takes the part of most of its pixels. */
export function colorPositionParts(options: ColorPositionPartsOptions): ClusterParts<ColorImage> {
  const { images, grid, partCount, rng, positionWeight = 1, pixelsPerImage = 1024, restarts } = options;
  const where = 'colorPositionParts';
  assertRange(where, 'positionWeight', positionWeight, 0, Number.MAX_VALUE);
  assertInteger(where, 'pixelsPerImage', pixelsPerImage);
  if (images.length === 0) throw new SemmaeError({ where, requirement: 'there must be training images', got: 'none' });
  const { channels = 3 } = images[0]!;
  for (const image of images) assertImage(image, channels);
  const dimensions = channels + 2;

  const sampled = new Float32Array(images.length * pixelsPerImage * dimensions);
  images.forEach((image, index) => {
    const draw = rng.split('pixels', index);
    for (let sample = 0; sample < pixelsPerImage; sample++) {
      const pixel = draw.integer(image.height * image.width);
      writeColorAndPosition(image, pixel, sampled, (index * pixelsPerImage + sample) * dimensions);
    }
  });
  const standardize = standardizer(sampled, positionWeight, channels);
  standardize(sampled);
  const clusters = kMeans({
    points: sampled,
    dimensions,
    clusterCount: partCount,
    rng: rng.split('clusters'),
    restarts,
  });
  return {
    inertia: clusters.inertia,
    assign(image) {
      assertImage(image, channels);
      const points = new Float32Array(image.height * image.width * dimensions);
      for (let pixel = 0; pixel < image.height * image.width; pixel++) {
        writeColorAndPosition(image, pixel, points, pixel * dimensions);
      }
      standardize(points);
      const pixelLabels = clusters.assign(points).map((cluster) => cluster + 1);
      return majorityLabels(pixelLabels, image, grid, { where });
    },
  };
}

/** The channels, x, y, from `at` on; positions as fractions of the sides. */
function writeColorAndPosition(image: ColorImage, pixel: number, points: Float32Array, at: number): void {
  const { pixels, height, width, channels = 3 } = image;
  for (let channel = 0; channel < channels; channel++) points[at + channel] = pixels[channels * pixel + channel]!;
  points[at + channels] = ((pixel % width) + 0.5) / width;
  points[at + channels + 1] = (Math.floor(pixel / width) + 0.5) / height;
}

/** Scales colors to zero mean and unit deviation over the sample, in place; positions by what uniform ones have. */
function standardizer(sample: Float32Array, positionWeight: number, channels: number): (points: Float32Array) => void {
  const dimensions = channels + 2;
  const rows = sample.length / dimensions;
  const statistics = Array.from({ length: channels }, (_, channel) => {
    let [sum, squares] = [0, 0];
    for (let row = 0; row < rows; row++) {
      sum += sample[dimensions * row + channel]!;
      squares += sample[dimensions * row + channel]! ** 2;
    }
    const mean = sum / rows;
    return { mean, scale: 1 / (Math.sqrt(Math.max(0, squares / rows - mean * mean)) || 1) };
  });
  const position = { mean: 0.5, scale: positionWeight / uniformDeviation };
  const columns = [...statistics, position, position];
  return (points) => {
    columns.forEach(({ mean, scale }, column) => {
      for (let index = column; index < points.length; index += dimensions)
        points[index] = (points[index]! - mean) * scale;
    });
  };
}

function assertImage({ pixels, height, width }: ColorImage, channels: number): void {
  assertInteger('colorPositionParts', 'height', height);
  assertInteger('colorPositionParts', 'width', width);
  assertLength('colorPositionParts', 'pixels', pixels, height * width * channels, `${channels} values per pixel`);
}
