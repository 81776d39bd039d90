// The program as a shell starts it: the four parts commands on a folder of tiny images.

import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { saveEncoder } from '@semmae/pipeline';
import { pixelPicture, writePng } from '@semmae/report';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { imageSize, provenance, tinyData, tinyEncoder } from '../../pipeline/src/__fixtures__/tiny';

let scratch: string;
beforeAll(async () => {
  scratch = mkdtempSync(join(tmpdir(), 'semmae-main-'));
  const data = tinyData(12);
  for (const folder of ['photos/images', 'photos/masks']) mkdirSync(join(scratch, folder), { recursive: true });
  for (let index = 0; index < data.length; index++) {
    const image = await data.get(index);
    await writePng(join(scratch, `photos/images/${index}.png`), pixelPicture(image));
    await writePng(join(scratch, `photos/masks/${index}.png`), grayPicture(image.parts));
  }
  await saveEncoder(join(scratch, 'encoder.safetensors'), tinyEncoder(), provenance);
});
afterAll(() => rmSync(scratch, { recursive: true }));

describe('semmae', () => {
  it('trains, extracts, scores and shows', async () => {
    const data = ['--data', 'photos', '--held-out', '4'];
    const train = ['parts', 'learn', ...data, '--encoder', 'encoder.safetensors', '--out', 'run', '--part-count', '3'];
    const trained = await semmae(...train, '--steps', '3', '--decoder', 'tiny', '--decoder-stages', '0');
    expect([trained.code, trained.stdout]).toEqual([0, expect.stringContaining('3 parts, hash ')]);
    expect(trained.stderr).toMatch(/features: \d+ MiB in memory, encoded at [\d.]+ images\/s/);

    const learned = ['--encoder', 'encoder.safetensors', '--parts', 'run'];
    const [extracted, shown] = await Promise.all([
      semmae('parts', 'extract', ...data, ...learned, '--for-eval', '--out', 'maps.safetensors'),
      semmae('parts', 'show', ...data, ...learned, '--images', '2', '--out', 'panel.png'),
    ]);
    expect([extracted.code, extracted.stdout]).toEqual([0, expect.stringContaining('12 images, 3 parts')]);
    expect([shown.code, existsSync(join(scratch, 'panel.png'))]).toEqual([0, true]);

    const [scored, refused] = await Promise.all([
      semmae('parts', 'eval', ...data, '--shard', 'maps.safetensors', '--json'),
      semmae('parts', 'eval', ...data, '--shard', 'run/config.json'),
    ]);
    expect(JSON.parse(scored.stdout)).toMatchObject({ imageCount: 4, partCount: 3, heldOut: 4 });
    const { flipConsistency, cropConsistency, landmarks } = JSON.parse(scored.stdout);
    for (const score of [flipConsistency.miou, cropConsistency.miou, landmarks.error])
      expect(score).toBeGreaterThanOrEqual(0);
    expect([refused.code, refused.stdout]).toEqual([1, '']);
    expect(refused.stderr).toMatch(/^run\/config\.json: must be a file in safetensors format, got [^\n]+\n$/);
  }, 60_000);

  it('ends quietly when its reader has gone', async () => {
    const child = start('parts', 'eval', '--help');
    child.stdout.destroy();
    let complaint = '';
    child.stderr.on('data', (text) => {
      complaint += text;
    });
    const code = await new Promise((resolve) => child.on('close', resolve));
    expect([code, complaint]).toEqual([0, '']);
  }, 60_000);
});

function start(...parameters: string[]) {
  const main = join(import.meta.dirname, 'main.ts');
  return spawn(
    process.execPath,
    ['--conditions=@semmae/source', '--import', import.meta.resolve('tsx'), main, ...parameters],
    { cwd: scratch, env: { ...process.env, SEMMAE_CACHE: 'off' } },
  );
}

function semmae(...parameters: string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = start(...parameters);
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (text) => {
    output.stdout += text;
  });
  child.stderr.on('data', (text) => {
    output.stderr += text;
  });
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, ...output })));
}

/** Part ids as gray values: equal in all three colors. */
function grayPicture(parts: Uint8Array) {
  return {
    ...imageSize,
    pixels: Uint8Array.from({ length: 3 * parts.length }, (_, index) => parts[Math.floor(index / 3)]!),
  };
}
