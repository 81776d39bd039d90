// Feature vectors while they are computed: a folder of growing files, which an interrupted run goes on with.

import { open } from 'node:fs/promises';
import { join } from 'node:path';

import { stackRows } from '@semmae/core';
import { orUnwritable } from '@semmae/core/files';
import type { IndexedImage, LabeledImage } from '@semmae/data';

/** A line of `images.jsonl`; `index`: in the data set. */
export type EmbeddedImage = Pick<LabeledImage, 'id' | 'label'> & { index: number };

export interface UnfinishedFeatures {
  readonly width: number;
  /** Those whose rows are written, in the order of the rows. */
  readonly images: readonly EmbeddedImage[];
  /** Index of the image to go on with. */
  readonly next: number;
  append(images: readonly IndexedImage[], rows: readonly Float32Array[]): Promise<void>;
  /** All rows in order, some hundreds at a time: [k · D]. */
  pieces(): AsyncGenerator<Float32Array>;
  close(): Promise<void>;
}

const rowsAtATime = 256;

/**
 * Goes on in the folder after the last whole batch of `batchSize`, so that all batches are those of a run without interruption; what
 * was half written is dropped.
 */
export async function openUnfinishedFeatures(
  folder: string,
  { width, batchSize, imageCount }: { width: number; batchSize: number; imageCount: number },
): Promise<UnfinishedFeatures> {
  const rowBytes = 4 * width;
  const rowFile = await open(join(folder, 'rows'), 'a+');
  const imageFile = await open(join(folder, 'images.jsonl'), 'a+');
  const lines = (await imageFile.readFile('utf8')).split('\n').slice(0, -1); // after the last line feed: nothing, or half a line
  const whole = Math.min(lines.length, Math.floor((await rowFile.stat()).size / rowBytes));
  const kept = whole === imageCount ? whole : whole - (whole % batchSize);
  await rowFile.truncate(kept * rowBytes);
  await imageFile.truncate(
    Buffer.byteLength(
      lines
        .slice(0, kept)
        .map((line) => `${line}\n`)
        .join(''),
    ),
  );
  const images = lines.slice(0, kept).map((line) => JSON.parse(line) as EmbeddedImage);

  return {
    width,
    images,
    get next() {
      return (images.at(-1)?.index ?? images.length - 1) + 1;
    },
    // the names come last: an image counts once its line is whole
    async append(batch, rows) {
      const added = batch.map(({ index, image: { id, label } }) => ({ id, label, index }));
      const remedy = () => 'free some space, then go on: whole batches are kept';
      await orUnwritable({ where: 'embed', path: folder, remedy }, async () => {
        await rowFile.appendFile(new Uint8Array(stackRows(rows).buffer));
        await imageFile.appendFile(added.map((image) => `${JSON.stringify(image)}\n`).join(''));
      });
      images.push(...added);
    },
    async *pieces() {
      for (let start = 0; start < images.length; start += rowsAtATime) {
        const values = new Float32Array(Math.min(rowsAtATime, images.length - start) * width);
        await rowFile.read(new Uint8Array(values.buffer), { position: start * rowBytes });
        yield values;
      }
    },
    async close() {
      await rowFile.close();
      await imageFile.close();
    },
  };
}
