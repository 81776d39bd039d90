import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { ImageDataset } from '@semmae/data';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { readAllTensors } from '../__fixtures__/read-all-tensors';
import { tinyData, tinyModel } from '../__fixtures__/tiny';
import { featureExtractor } from '../features/feature-extractor';
import { featureGeometry } from '../features/feature-geometry';
import { meanToken } from '../features/mean-token';
import { type EmbedOptions, embed } from './embed';

const model = tinyModel();
const batchSize = 3;
const names = ['a.jpg', 'b, c.jpg', 'the "d".jpg', 'two\nlines.jpg', 'ü/f.jpg'];
/** Names that need quoting, and an image without a label. */
const data: ImageDataset = (() => {
  const drawn = tinyData(11);
  const idAt = (index: number) => names[index] ?? drawn.idAt(index);
  return {
    ...drawn,
    idAt,
    async get(index) {
      const image = await drawn.get(index);
      return { ...image, id: idAt(index), label: index === 4 ? undefined : image.label };
    },
  };
})();

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'semmae-embed-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const at = (name: string) => join(folder, name);
const write = (name: string, options: Partial<EmbedOptions> = {}) =>
  embed({ model, data, out: at(name), batchSize, ...options });
const bytes = (name: string) => readFileSync(at(name));
const record = (name: string) => JSON.parse(readFileSync(at(`${name}.json`), 'utf8'));

/** The rows of the plain extractor over the same batches. */
async function expectedRows(images = data): Promise<{ classToken: Float32Array; mean: Float32Array }[]> {
  const extractor = featureExtractor({ encoder: model.encoder, geometry: featureGeometry(model) });
  const rows = [];
  for (let start = 0; start < images.length; start += batchSize) {
    const indices = Array.from({ length: Math.min(batchSize, images.length - start) }, (_, place) => start + place);
    for (const one of await extractor.encode(await Promise.all(indices.map((index) => images.get(index))))) {
      rows.push({ classToken: one.classToken, mean: meanToken(one.patchTokens, 12) });
    }
  }
  return rows;
}

const labelNames = async () =>
  Promise.all(Array.from({ length: 11 }, async (_, index) => data.classNames![(await data.get(index)).label ?? -1]));

describe('embed', () => {
  it('writes .npy with names and labels beside it, equal to the extractor to the bit', async () => {
    const before = tf.memory().numTensors;
    const { count, width, encoded, imagesPerSecond } = await write('a.npy', { pooling: 'both' });
    expect([count, width, encoded, imagesPerSecond > 0]).toEqual([11, 24, 11, true]);
    expect(tf.memory().numTensors).toBe(before);
    const rows = await expectedRows();
    const file = bytes('a.npy');
    expect(file.toString('latin1', 0, 10)).toBe('\x93NUMPY\x01\x00v\x00');
    expect(file.toString('latin1', 10, 128)).toContain("'shape': (11, 24)");
    const expected = rows.flatMap(({ classToken, mean }) => [...classToken, ...mean]);
    expect(file.subarray(128)).toEqual(Buffer.from(Float32Array.from(expected).buffer));
    const { files, labels, classNames, pooling, model: from, count: images } = record('a.npy');
    expect([pooling, from, images]).toEqual(['both', { id: model.id, hash: model.hash }, 11]);
    expect(files).toEqual(Array.from({ length: 11 }, (_, index) => data.idAt(index)));
    expect(labels.map((label: number | null) => classNames[label ?? -1])).toEqual(await labelNames());
    expect(readdirSync(folder).sort()).toEqual(['a.npy', 'a.npy.json']);
  });

  it('writes .csv that quotes names, and whose digits give the same float32', async () => {
    await write('a.csv', { pooling: 'mean' });
    const [header, ...lines] = parseCsv(bytes('a.csv').toString());
    expect(header).toEqual(['file', 'label', ...Array.from({ length: 12 }, (_, column) => `f${column}`)]);
    const [rows, labels] = [await expectedRows(), await labelNames()];
    expect(lines).toHaveLength(11);
    for (const [index, [file, label, ...values]] of lines.entries()) {
      expect([file, label]).toEqual([data.idAt(index), labels[index] ?? '']);
      expect(Float32Array.from(values, Number)).toEqual(rows[index]!.mean);
    }
    const unlabeled = { ...data, get: async (index: number) => ({ ...(await data.get(index)), label: undefined }) };
    await write('b.csv', { data: unlabeled });
    expect(parseCsv(bytes('b.csv').toString())[0]!.slice(0, 2)).toEqual(['file', 'f0']);
  });

  it('writes .jsonl, a line an image', async () => {
    await write('a.jsonl');
    const [rows, labels] = [await expectedRows(), await labelNames()];
    const lines = bytes('a.jsonl').toString().trimEnd().split('\n');
    expect(lines).toHaveLength(11);
    for (const [index, line] of lines.entries()) {
      const { file, label, features } = JSON.parse(line);
      expect([file, label]).toEqual([data.idAt(index), labels[index]]);
      expect(Float32Array.from(features)).toEqual(rows[index]!.classToken);
    }
    expect(lines[4]).not.toContain('label');
  });

  it('writes .safetensors', async () => {
    await write('a.safetensors');
    const { tensors, metadata } = await readAllTensors(at('a.safetensors'));
    const rows = await expectedRows();
    expect(tensors.get('features')).toEqual({
      shape: [11, 12],
      values: Float32Array.from(rows.flatMap(({ classToken }) => [...classToken])),
    });
    const [files, classNames] = [JSON.parse(metadata.files!), JSON.parse(metadata.classNames!)];
    expect(files[3]).toBe('two\nlines.jpg');
    const labels = [...(tensors.get('labels')!.values as Int32Array)];
    expect(labels.map((label) => classNames[label])).toEqual(await labelNames());
    expect(labels[4]).toBe(-1);
  });

  it.each(['.npy', '.csv', '.jsonl', '.safetensors'])('goes on where %s was interrupted', async (extension) => {
    const [whole, name] = [`whole${extension}`, `a${extension}`];
    await write(whole);
    const controller = new AbortController();
    const onProgress = ({ done }: { done: number }) => done >= 6 && controller.abort();
    await expect(write(name, { signal: controller.signal, onProgress })).rejects.toThrow('interrupted');
    expect(existsSync(at(name))).toBe(false);
    const partial = at(`${name}.partial`);
    // what a killed process may leave: a row without a name, and half a line of it
    writeFileSync(join(partial, 'rows'), Buffer.alloc(57), { flag: 'a' });
    writeFileSync(join(partial, 'images.jsonl'), '{"id":"hal', { flag: 'a' });
    await expect(write(name, { resume: 'refuse' })).rejects.toThrow('pass `resume` to continue it');
    await expect(write(name, { pooling: 'mean' })).rejects.toThrow('`pooling` must be "class", as when the run began');
    expect((await write(name, { resume: 'require' })).encoded).toBe(5);
    expect(bytes(name)).toEqual(bytes(whole));
    expect(record(name)).toEqual(record(whole));
    expect(readdirSync(folder).sort()).toEqual([name, `${name}.json`, whole, `${whole}.json`].sort());
  });

  it('takes a finished file for what it is, and no other', async () => {
    await write('a.csv');
    expect(await write('a.csv')).toMatchObject({ count: 11, width: 12, encoded: 0 });
    await expect(write('a.csv', { resume: 'refuse' })).rejects.toThrow('`out`: must not hold a run already');
    await expect(write('a.csv', { pooling: 'both' })).rejects.toThrow(
      /^`resume`: .*a\.csv must be made with pooling "both", got "class"; choose another `out`, or delete the file$/,
    );
    await expect(write('a.csv', { data: { ...data, idAt: (index) => `${index}` } })).rejects.toThrow('made with data');
    rmSync(at('a.csv.json'));
    await expect(write('a.csv')).rejects.toThrow(/^`resume`: .*a\.csv\.json must say what .* got ENOENT[^\n]*$/);
  });

  it.runIf(process.platform === 'linux')('says that the disk is full, and goes on when it is not', async () => {
    await write('whole.npy');
    const controller = new AbortController();
    const onProgress = ({ done }: { done: number }) => done >= 6 && controller.abort();
    await expect(write('a.npy', { signal: controller.signal, onProgress })).rejects.toThrow('interrupted');
    symlinkSync('/dev/full', at('a.npy.draft'));
    await expect(write('a.npy')).rejects.toThrow(
      /^embed: .*a\.npy must be writable, got ENOSPC[^\n]*; free some space and pass `resume`: what was written is kept$/,
    );
    expect(existsSync(at('a.npy'))).toBe(false);
    expect((await write('a.npy')).encoded).toBe(0);
    expect(bytes('a.npy')).toEqual(bytes('whole.npy'));
  });

  it('refuses what it cannot write or do, before anything is encoded', async () => {
    await expect(write('a.parquet')).rejects.toThrow(/^`out`: .*must be one of \.npy, \.csv, \.jsonl, \.safetensors/);
    await expect(write('a.npy', { pooling: 'max' as never })).rejects.toThrow('`pooling` must be one of class, mean');
    await expect(write('a.npy', { batchSize: 0 })).rejects.toThrow('`batchSize` must be an integer of at least 1');
    await expect(write('a.npy', { resume: 'require' })).rejects.toThrow('must hold a run, got none there');
    await expect(write('a.npy', { imageSize: 30 })).rejects.toThrow('multiple of the patch size');
  });

  const python = spawnSync('python3', ['-c', 'import numpy'], { encoding: 'utf8' });
  it.skipIf(python.status !== 0)('is read by NumPy (skipped where Python has none)', async () => {
    await write('a.npy');
    const script = 'import json, numpy, sys; a = numpy.load(sys.argv[1]); print(json.dumps([a.dtype.str, a.tolist()]))';
    const [type, values] = JSON.parse(spawnSync('python3', ['-c', script, at('a.npy')], { encoding: 'utf8' }).stdout);
    expect(type).toBe('<f4');
    expect(values).toEqual((await expectedRows()).map(({ classToken }) => [...classToken]));
  });
});

/** The state machine of RFC 4180, character by character. */
function parseCsv(text: string): string[][] {
  const lines: string[][] = [[]];
  let [field, inQuotes] = ['', false];
  for (let place = 0; place < text.length; place++) {
    const letter = text[place]!;
    if (inQuotes && letter === '"' && text[place + 1] === '"') field += text[place++];
    else if (letter === '"') inQuotes = !inQuotes;
    else if (inQuotes || (letter !== ',' && letter !== '\r' && letter !== '\n')) field += letter;
    else if (letter !== '\r') {
      lines.at(-1)!.push(field);
      field = '';
      if (letter === '\n') lines.push([]);
    }
  }
  expect(lines.pop()).toEqual([]);
  return lines;
}
