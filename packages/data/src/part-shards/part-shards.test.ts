import { readFileSync } from 'node:fs';
import { mkdtemp, open, readdir, readFile, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { writeSafetensors } from '@semmae/checkpoints';
import { createRng, SemmaeError } from '@semmae/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { openPartShard } from './open-part-shard';
import type { PartShardSettings } from './part-shard';
import { type PartShardEntry, writePartShard } from './write-part-shard';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'part-shard-'));
});
afterEach(() => rm(root, { recursive: true }));

const settings: PartShardSettings = {
  grid: { rows: 5, columns: 7 },
  partCount: 6,
  hasBackground: true,
  encoder: { id: 'ViT-S/16 of the test', hash: 'ab12' },
  softmaxAxis: 'positions',
  cropPolicy: 'cover, center crop',
  blur: 'gaussian 7',
  background: 'otsu',
  imageSize: { height: 40, width: 56 },
  scores: 'float16',
};

function entries(count: number): PartShardEntry[] {
  const rng = createRng(1);
  return Array.from({ length: count }, (_, index) => ({
    id: `käse/${index}`,
    labels: Uint8Array.from({ length: 35 }, () => rng.integer(7)),
    scores: Float32Array.from({ length: 35 }, () => rng.integer(2048) / 256), // exact halves
    fingerprint: index === 2 ? undefined : index.toString(16).padStart(64, '0').replace(/^0/, 'f'),
  }));
}

async function written(count: number, changed: Partial<PartShardSettings> = {}): Promise<string> {
  const path = join(root, 'parts.safetensors');
  const writer = await writePartShard(path, { ...settings, ...changed });
  await Promise.all(entries(count).map((entry) => writer.append(entry)));
  await writer.finish();
  return path;
}

describe('a part-map shard', () => {
  it('gives back what was written, in any order, at once or later', async () => {
    const shard = await openPartShard(await written(11), { recentImages: 3 });
    expect(shard.settings).toEqual(settings);
    expect(shard.ids).toEqual(entries(11).map(({ id }) => id));
    for (const index of [10, 0, 3, 2, 1, 10, 0, 7]) {
      const { id, labels, scores, fingerprint } = entries(11)[index]!;
      expect(shard.indexOf(id)).toBe(index);
      expect(shard.fingerprintAt(index)).toBe(fingerprint);
      const maps = index % 2 === 0 ? await shard.read(index) : shard.readSync(index);
      expect(maps).toEqual({ grid: { rows: 5, columns: 7, patchCount: 35 }, labels, scores });
      expect(shard.readSync(index)).toBe(maps); // kept
    }
    expect(shard.indexOf('käse')).toBeUndefined();
    await expect(shard.read(11)).rejects.toThrow('PartShard: index must be an integer in 0..10, got 11');
    shard.close();
    expect(await readdir(root)).toEqual(['parts.safetensors']); // nothing unfinished is left
  });

  it('is safetensors: contiguous tensors, aligned, of the shapes that Python sees', async () => {
    const bytes = await readFile(await written(3));
    const length = Number(bytes.readBigUInt64LE());
    expect(length % 8).toBe(0);
    const { __metadata__, ...tensors } = JSON.parse(bytes.toString('utf8', 8, 8 + length));
    expect(tensors).toEqual({
      scores: { dtype: 'F16', shape: [3, 5, 7], data_offsets: [0, 210] },
      labels: { dtype: 'U8', shape: [3, 5, 7], data_offsets: [210, 315] },
      fingerprints: { dtype: 'U8', shape: [3, 32], data_offsets: [315, 411] },
      ids: { dtype: 'U8', shape: [24], data_offsets: [411, 435] },
    });
    expect(bytes.length).toBe(8 + length + 435);
    expect(__metadata__).toMatchObject({
      format: 'semmae-part-maps/1',
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(JSON.parse(__metadata__.settings)).toEqual(settings);
  });

  it('keeps scores in one byte within half a step, or none', async () => {
    const coarse = await openPartShard(await written(2, { scores: 'uint8', scoreLimit: 4 }));
    const { scores } = await coarse.read(1);
    for (const [patch, score] of entries(2)[1]!.scores!.entries()) {
      expect(Math.abs(scores![patch]! - Math.min(score, 4))).toBeLessThanOrEqual(4 / 510 + 1e-6); // half of 4 / 255, float32
    }
    coarse.close();
    await rm(coarse.path);
    const none = await openPartShard(await written(2, { scores: 'none' }));
    expect((await none.read(1)).scores).toBeUndefined();
    expect((await none.read(1)).labels).toEqual(entries(2)[1]!.labels);
    none.close();
  });

  it('goes on after an interruption at any byte, and then is the same file', async () => {
    const whole = await readFile(await written(7));
    await rm(join(root, 'parts.safetensors'));
    const path = join(root, 'parts.safetensors');
    const partial = `${path}.partial`;
    for (const [file, lost] of [
      ['ids', 1], // the last name lacks its line feed
      ['labels', 36], // the last two maps are not whole
      ['scores', 3],
      ['fingerprints', 32],
    ] as const) {
      const stopped = await writePartShard(path, settings);
      for (const entry of entries(5)) if (!stopped.has(entry.id)) await stopped.append(entry);
      await stopped.close();
      const { size } = await open(join(partial, file)).then(async (handle) => {
        const stat = await handle.stat();
        await handle.close();
        return stat;
      });
      await truncate(join(partial, file), size - lost);
      const writer = await writePartShard(path, settings);
      expect(writer.count).toBe(file === 'labels' ? 3 : 4);
      await writer.close();
    }
    const writer = await writePartShard(path, settings);
    for (const entry of entries(7)) if (!writer.has(entry.id)) await writer.append(entry);
    await writer.finish();
    expect((await readFile(path)).equals(whole)).toBe(true);
    expect(await readdir(root)).toEqual(['parts.safetensors']);
  });

  it('says what it cannot write, in one line', async () => {
    const path = join(root, 'parts.safetensors');
    const writer = await writePartShard(path, settings);
    const [entry] = entries(1) as [PartShardEntry];
    await expect(writer.finish()).rejects.toThrow('must hold an image, got none appended');
    await writer.append(entry);
    await expect(writer.append(entry)).rejects.toThrow('one line as its own name, got "käse/0"');
    const other = { ...entry, id: 'other' };
    await expect(writer.append({ ...other, labels: new Uint8Array(34) })).rejects.toThrow('labels of other');
    await expect(writer.append({ ...other, labels: new Uint8Array(35).fill(7) })).rejects.toThrow(
      'writePartShard: labels of other must be 0..6, got 7',
    );
    await expect(writer.append({ ...other, scores: undefined })).rejects.toThrow('scores of other');
    await expect(writer.append({ ...other, scores: new Float32Array(35).fill(Number.NaN) })).rejects.toThrow('got NaN');
    await expect(writer.append({ ...other, fingerprint: 'x' })).rejects.toThrow('64 hexadecimal digits, got x');
    await writer.close();
    await expect(writer.append(other)).rejects.toThrow(); // a write that fails: the file is closed
    await expect(writer.append({ ...entry, id: 'third' })).rejects.toThrow('close the writer and start it again');
    await expect(writePartShard(path, { ...settings, partCount: 5 })).rejects.toThrow(
      'delete the folder to start over',
    );
    await expect(writePartShard(path, { ...settings, partCount: 256 })).rejects.toThrow('between 1 and 255, got 256');
    await expect(writePartShard(path, { ...settings, scores: 'uint8' })).rejects.toThrow('scoreLimit must be between');
    const again = await writePartShard(path, settings);
    expect(again.count).toBe(1);
    await again.finish();
    await expect(writePartShard(path, settings)).rejects.toThrow('must not exist yet');
  });

  it('says what it cannot open, in one line', async () => {
    const path = await written(3);
    const bytes = await readFile(path);
    const other = join(root, 'other');
    const refusal = async (content: Buffer | string) => {
      await writeFile(other, content);
      return openPartShard(other).then(
        () => 'opened',
        ({ message }: Error) => message,
      );
    };
    await expect(openPartShard(join(root, 'nowhere'))).rejects.toThrow(/nowhere: must be a readable file, got ENOENT/);
    await expect(openPartShard(root)).rejects.toThrow(/: must be a readable file, got a folder$/);
    expect(await refusal('')).toMatch(/must be a file in safetensors format, got 0 bytes$/);
    expect(await refusal('no shard but a text of some length')).toMatch(/must be a file in safetensors format/);
    expect(await refusal(bytes.subarray(0, 100))).toMatch(/must have at least \d+ bytes, got 100; it is truncated/);
    expect(await refusal(bytes.subarray(0, -1))).toMatch(/must have \d+ bytes, got \d+; it is truncated/);
    const text = bytes.toString('latin1');
    const edited = (from: string, to: string) => refusal(Buffer.from(text.replace(from, to), 'latin1'));
    expect(await edited('part-maps/1', 'part-maps/2')).toMatch(
      /must be a file of the kind semmae-part-maps\/1, got semmae-part-maps\/2$/,
    );
    expect(await edited('gaussian 7', 'gaussian 5')).toMatch(
      /must hold the bytes that were written, got another checksum/,
    );
    // with a right checksum, so that what is wrong is found and not only that something is
    const forged = (metadata: Record<string, string>, shape: number[]) =>
      writeSafetensors(
        other,
        new Map([['labels', { dtype: 'U8' as const, shape, values: () => new Uint8Array(105) }]]),
        { metadata: { format: 'semmae-part-maps/1', ...metadata }, checksum: true },
      ).then(() => refusal(readFileSync(other)));
    expect(await forged({}, [3, 5, 7])).toMatch(/its settings must be JSON/);
    expect(await forged({ settings: 'null' }, [3, 5, 7])).toMatch(/grid\.rows must be an integer/);
    expect(await forged({ settings: JSON.stringify({ ...settings, scores: 'none' }) }, [3, 7, 5])).toMatch(
      /the tensors must be those of its settings: labels\.shape\.1 5, got 7$/,
    );
    await expect(openPartShard(path, { encoderHash: 'cd34' })).rejects.toThrow(
      'must hold maps of the encoder cd34, got ab12 (ViT-S/16 of the test); write the maps anew',
    );
    await expect(openPartShard(path, { grid: { rows: 7, columns: 5 } })).rejects.toThrow(
      'must hold maps of 7x5 patches, got 5x7',
    );
    (await openPartShard(path, { encoderHash: 'ab12', grid: settings.grid })).close();
    await expect(openPartShard(path, { grid: { rows: 7, columns: 5 } })).rejects.toThrow(/^[^\n]+$/);
  });

  it('is never read as sound when it was damaged', async () => {
    const path = await written(11);
    const whole = await readFile(path);
    const rng = createRng(17);
    for (let trial = 0; trial < 200; trial++) {
      const bytes = Buffer.from(whole);
      const at = rng.integer(bytes.length);
      const damages = [
        () => bytes.writeUInt8(bytes[at]! ^ (1 << rng.integer(8)), at),
        () => bytes.writeUInt8((bytes[at]! + 1 + rng.integer(255)) % 256, at),
        () => bytes.copyWithin(at, 0, 1 + rng.integer(64)),
        () => bytes.fill(0, at, Math.min(bytes.length, at + 1 + rng.integer(64))),
      ];
      damages[trial % damages.length]!();
      if (bytes.equals(whole)) continue;
      await writeFile(path, bytes);
      await expect(openPartShard(path), `trial ${trial}, byte ${at}`).rejects.toThrow(SemmaeError);
    }
  });

  it.runIf(process.platform === 'linux')(
    'says in one line that the disk is full, and goes on when it is not',
    async () => {
      const path = join(root, 'parts.safetensors');
      const writer = await writePartShard(path, settings);
      const [first, second] = entries(2) as [PartShardEntry, PartShardEntry];
      await writer.append(first);
      await symlink('/dev/full', `${path}.draft`);
      await expect(writer.finish()).rejects.toThrow(
        /^writePartShard: .*parts\.safetensors must be writable, got ENOSPC[^\n]*; free some space, then go on: whole images are kept$/,
      );
      await writer.close();
      const again = await writePartShard(path, settings);
      expect(again.has(first.id)).toBe(true);
      await again.append(second);
      await again.finish();
      (await openPartShard(path)).close();
    },
  );
});
