// Damaged images and label files of each format.

import { readdirSync, readFileSync } from 'node:fs';

import { type Rng, SemmaeError } from '@semmae/core';

import type { FuzzSubject, FuzzSubjects } from '../../../../scripts/fuzz/fuzz';
import { mutate } from '../../../../scripts/fuzz/mutate';
import { decodeLabels } from '../../src/labels/decode-labels';
import { decodePixels } from '../../src/pixels/decode-pixels';
import type { PixelRules } from '../../src/pixels/pixel-rules';
import { pngChunk } from '../../src/pixels/png-chunk';
import { pngChunks } from '../../src/pixels/png-chunks';
import { Undecodable } from '../../src/pixels/undecodable';

const images = new URL('../../src/pixels/__fixtures__/images/', import.meta.url);
const labels = new URL('../../src/labels/__fixtures__/labels/', import.meta.url);

export const imageSubjects: FuzzSubjects = {
  jpeg: async () => decoding(/\.jpg$/),
  png: async () => decoding(/\.png$/),
  webp: async () => decoding(/\.webp$/),
  gif: async () => decoding(/\.gif$/),
  avif: async () => decoding(/\.avif$/),
  tiff: async () => decoding(/\.tif$/),
  array: async () => decoding(/\.npy$/),
  labels: async () => labeling(),
};

/** Headers may ask for as much as this, whatever follows them. */
const pixelLimit = 4_000_000;

function decoding(pattern: RegExp): FuzzSubject {
  const draw = damagedFiles(images, pattern);
  return (rng) => {
    const bytes = draw(rng);
    const rules = drawnRules(rng);
    const imageSize = rng.uniform() < 0.5 ? { height: 11, width: 13 } : undefined;
    return refusing(async () => {
      const { height, width, channels, pixels } = await decodePixels(bytes, { imageSize, pixels: rules });
      if (pixels.length !== height * width * channels || channels !== (rules.channels ?? rules.bands?.length ?? 3)) {
        throw new Error(`${pixels.length} values of ${height} x ${width} x ${channels}`);
      }
      const beyond = pixels.find((value) => !(value >= 0 && value <= 255));
      if (beyond !== undefined) throw new Error(`${beyond} beyond 0..255 under ${JSON.stringify(rules)}`);
    });
  };
}

function drawnRules(rng: Rng): PixelRules {
  const choices: readonly PixelRules[] = [
    ...[{}, { channels: 1 }, { channels: 4 }, { channels: 5 }, { bands: [2, 0] }, { bands: [0] }],
    ...[{ damaged: 'strict' as const }, { channels: 10 }],
  ];
  const valueRange = rng.uniform() < 0.6 ? ([0, 3000] as const) : undefined;
  return { ...choices[rng.integer(choices.length)], valueRange, pixelLimit };
}

function labeling(): FuzzSubject {
  const draw = damagedFiles(labels, /\.(?:png|tif|npy)$/);
  return (rng) => {
    const bytes = draw(rng);
    const colorTable = rng.uniform() < 0.5 ? { '#000000': 0, '#255b35': 1 } : undefined;
    return refusing(async () => {
      const { height, width, ids } = await decodeLabels(bytes, { colorTable }, pixelLimit);
      if (ids.length !== height * width) throw new Error(`${ids.length} ids of ${height} x ${width}`);
    });
  };
}

/** A file that gives no picture is refused like any other input. */
function refusing(work: () => Promise<void>): () => Promise<void> {
  return async () => {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof Undecodable)) throw error;
      throw new SemmaeError({ where: error.kind, requirement: 'must be readable', got: error.message });
    }
  };
}

/** Damaged anywhere, or in the chunks of a PNG with checksums that fit, or in what is before the pixels of other files. */
function damagedFiles(folder: URL, pattern: RegExp): (rng: Rng) => Uint8Array {
  const names = readdirSync(folder).filter((name) => pattern.test(name) && !/huge|empty|zeros|page|text/.test(name));
  const files = names.map((name) => new Uint8Array(readFileSync(new URL(name, folder))));
  return (rng) => {
    const [file, other] = [files[rng.integer(files.length)]!, files[rng.integer(files.length)]!];
    if (rng.uniform() < 0.3) return mutate(file, rng, other);
    if (file[0] === 0x89) return damagedChunks(file, rng, other);
    const start = file[0] === 0x93 && rng.uniform() < 0.6 ? 128 : 4; // behind the header of an array
    return mutate(file, rng, other, start, Math.min(file.length, 400));
  };
}

function damagedChunks(png: Uint8Array, rng: Rng, other: Uint8Array): Uint8Array {
  const chunks = [...pngChunks(png)];
  const damaged = rng.integer(chunks.length);
  const parts = chunks.map(({ name, content, whole }, place) =>
    place === damaged ? pngChunk(name, mutate(content, rng, other)) : whole,
  );
  return Buffer.concat([png.subarray(0, 8), ...parts]);
}
