// Bad input to the commands: one line each, and nothing left behind.

import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeSafetensors } from '@semmae/checkpoints';
import { describeParts, maskingNames, saveEncoder } from '@semmae/pipeline';
import { writePng } from '@semmae/report';
import { runDirectly } from '@semmae/train';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { imageSize, provenance, tinyData, tinyEncoder } from '../../pipeline/src/__fixtures__/tiny';
import { createProgram } from './program';

let scratch: string;
beforeAll(async () => {
  scratch = mkdtempSync(join(tmpdir(), 'semmae-program-'));
  for (const folder of ['photos', 'empty', 'labeled/images', 'labeled/masks']) {
    mkdirSync(join(scratch, folder), { recursive: true });
  }
  for (let index = 0; index < 3; index++) {
    const image = await tinyData(3).get(index);
    await writePng(join(scratch, `photos/${index}.png`), image);
    await writePng(join(scratch, `labeled/images/${index}.png`), image);
    await writePng(join(scratch, `labeled/masks/${index}.png`), { height: 2, width: 2, pixels: new Uint8Array(12) });
  }
  await saveEncoder(join(scratch, 'encoder'), tinyEncoder(), provenance);
  await saveEncoder(join(scratch, 'other'), tinyEncoder({ seed: 4 }), provenance);
  writeFileSync(join(scratch, 'page.pth'), '<!doctype html><title>Sign in</title>');
  const pointer = 'version https://git-lfs.github.com/spec/v1\noid sha256:1234\nsize 343\n';
  writeFileSync(join(scratch, 'pointer.pth'), pointer);
  const values = () => Float32Array.of(1, 2);
  await writeSafetensors(
    join(scratch, 'optimizer.safetensors'),
    new Map([['optimizer.state.0.exp_avg', { dtype: 'F32', shape: [2], values }]]),
  );
  writeFileSync(join(scratch, 'truncated'), readFileSync(join(scratch, 'encoder')).subarray(0, 999));
});
afterAll(() => rmSync(scratch, { recursive: true }));

/** Runs a command line whose words may begin with @, the scratch folder. */
async function run(line: string): Promise<string[]> {
  const words = line.split(' ').map((word) => (word.startsWith('@') ? join(scratch, word.slice(1)) : word));
  const printed: string[] = [];
  const log = vi.spyOn(console, 'log').mockImplementation((text) => printed.push(text));
  const silent = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  try {
    const context = {
      signal: new AbortController().signal,
      onProgress: () => {},
      onWarning: () => {},
      startBackend: async () => ({ description: 'tfjs cpu', compile: runDirectly }),
      endProgress: () => {},
    };
    await createProgram(context).parseAsync(['node', 'semmae', ...words]);
  } finally {
    log.mockRestore();
    silent.mockRestore();
  }
  return printed;
}

describe('createProgram', () => {
  it.each([
    ['parts learn --data @photos --out @new --encoder @none', /none: must be a readable file, got ENOENT/],
    ['parts learn --data @photos --out @new --encoder @truncated', /truncated: must have at least \d+ bytes, got 999/],
    ['parts learn --data @photos --out @new --encoder @encoder --grid 28x28', /^gridRoute: .*got 20x28/],
    ['parts learn --data @empty --out @new --encoder @encoder', /^openFolderSource: .*empty must hold images/],
    [
      'parts extract --data @labeled --out @new --method ground-truth --encoder @encoder',
      /^imageDataset: .*must.* got .*2x2/,
    ],
    [
      'parts learn --data @photos --out /proc/none/x --encoder @encoder',
      /^`out`: .*must be a folder that can be written/,
    ],
    [
      'parts learn --data @photos --out @new --encoder @encoder --held-out 3',
      /`heldOut`: must leave an image to train on/,
    ],
    ['parts learn --data @photos --out @new --encoder @encoder --tokens all', /^`tokens`: must be one of output, qk/],
    ['parts learn --data @photos --out @new --encoder @encoder --part-count 0', /an integer of at least 1, got 0/],
    [
      'parts learn --data built-in:x --out @new --encoder @encoder',
      /^`data`: built-in:<count> must name an integer.* got x/,
    ],
    ['parts learn --data @photos --out @new --encoder @encoder --place-weight -1', /^`placeWeight`: must be a number/],
    [
      'parts learn --data @photos --out @new --encoder @encoder --place-frame object',
      /^learnParts: `placeFrame` needs a `placeWeight` above 0, got object with weight 0; leave one out or give both$/,
    ],
    [
      'parts extract --data @photos --out @new --encoder @encoder --method k-means --place-frame image',
      /^parts: `placeFrame` needs a `placeWeight` above 0, got image with weight 0/,
    ],
    [
      'parts learn --data @photos --out @new --encoder @encoder --place-weight 1 --place-frame thing',
      /^`placeFrame`: must be one of image, object, got thing/,
    ],
    ['parts extract --data @photos --out @new --method learned', /needs an encoder, got none; pass `encoder`/],
    ['parts extract --data @photos --out @new --encoder @encoder', /needs learned parts, got none; pass `parts`/],
    [
      'parts extract --data @photos --out @new --encoder @encoder --parts @other',
      /kind semmae-parts\/1, got semmae-model\/1/,
    ],
    ['parts extract --data @photos --out @new --method ground-truth --encoder @encoder', /0 must have a mask/],
    ['parts extract --data @photos --out @new --method magic', /^`method`: must be one of learned, /],
    ['parts eval --data @photos --shard @none', /none: must be a readable file, got ENOENT/],
    [
      'parts eval --data @photos --shard @encoder',
      /encoder: must be a file of the kind semmae-part-maps\/1, got semmae-model\/1/,
    ],
    ['parts show --data @photos --shard @encoder --out @x.png', /must be a file of the kind semmae-part-maps/],
    ['show masks --data @photos --out @new', /^`masking`: must be given/],
    ['show masks --data @photos --out @new --masking stripes', /^masking: the name must be one of random, /],
    ['show masks --data @photos --out @new --masking random semantic', /^`parts`: semantic must have part maps/],
    [
      'show masks --data @photos --out @new --masking random --progress 0,2',
      /^`progress`: must be numbers from 0 to 1/,
    ],
    ['show reconstructions --model @encoder --data @photos --out @new', /^`model`: .*encoder must hold a decoder/],
    ['show model @photos', /photos/],
    ['pretrain --data @photos --out @new --recipe huge', /^`recipe`: must be one of mae-small, /],
    ['pretrain --data @photos --out @new --method mae --start-from @none', /none: must be a readable file, got ENOENT/],
    ['pretrain --data @photos --out @new --start-from @truncated', /truncated: must have at least \d+ bytes/],
    [
      'pretrain --data @photos --out @new --start-from @encoder --width 24',
      /^`startFrom`: `width` must be that of the weights, 12, got 24; leave it out, or choose another file$/,
    ],
    [
      'pretrain --data @photos --out @new --family dino',
      /^`family`: must be left out where training does not begin with weights of another project, got dino/,
    ],
    [
      'embed --model @encoder --data @photos --out @new.npy --network student',
      /^`network`: must be left out: it is for weights of other projects, and .*encoder was written here, got student$/,
    ],
    ['embed --model @page.pth --data @photos --out @new.npy', /^.*page\.pth: .*HTML/],
    ['embed --model @pointer.pth --data @photos --out @new.npy', /^.*pointer\.pth: .*git lfs pull$/],
    ['embed --model hf:a/b/c/d --data @photos --out @new.npy', /^.*hf:a\/b\/c\/d/],
    ['parts learn --encoder @optimizer.safetensors --data @photos --out @new', /optimizer/],
    ['export --model @encoder --format huggingface --out @new --image-size 13', /13/],
    [
      'probe --model @encoder --data @photos --crop-fraction 1.5',
      /^`cropFraction`: must be a number above 0 and at most 1, got 1.5; see --help$/,
    ],
  ])('%s', async (line, message) => {
    await expect(run(line)).rejects.toThrow(message);
    await expect(run(line)).rejects.toThrow(/^[^\n]+$/);
    expect(existsSync(join(scratch, 'new'))).toBe(false);
  });

  it('refuses a shard of another encoder, of other images and without masks', async () => {
    await run('parts extract --data @photos --out @heads --method attention-heads --encoder @encoder');
    await expect(run('parts eval --data @photos --shard @heads --encoder @other')).rejects.toThrow(
      /heads must hold maps of the encoder [0-9a-f]{64}, got [0-9a-f]{64} \(none on nothing, seed 3\)/,
    );
    await expect(run('parts eval --data @photos --shard @heads')).rejects.toThrow('0 must have a mask, got none');
    expect((await run('parts eval --data @photos --shard @heads --label-free'))[0]).toMatch(/^3 images\nusage entropy/);
    await writePng(join(scratch, 'photos/1.png'), { ...imageSize, pixels: new Uint8Array(20 * 28 * 3) });
    await expect(run('parts eval --data @photos --shard @heads --label-free')).rejects.toThrow('1 of 3 changed since');
    await expect(run('parts extract --data @photos --out @heads --method grid --encoder @encoder')).rejects.toThrow(
      /^`out`: must not hold a run already/,
    );
  });

  it('inspects a data set and packs it, with settings from a file', async () => {
    writeFileSync(join(scratch, 'inspect.yaml'), 'sample: 2\ncacheIndex: true\nchannels: 1\n');
    const [text] = await run(
      `data inspect @photos --config ${join(scratch, 'inspect.yaml')} --json --out @found.json --sheet @sheet.png`,
    );
    expect(JSON.parse(text!)).toMatchObject({ images: 3, examined: { images: 2, decoded: false }, unreadable: [] });
    expect(readFileSync(join(scratch, 'found.json'), 'utf8')).toBe(`${text}\n`);
    expect(existsSync(join(scratch, 'sheet.png'))).toBe(true);
    expect((await run('data inspect @photos')).join()).toMatch(/^data .*photos\nis +a folder of images: 3 images\n/);
    const printed = JSON.parse((await run('data inspect @photos --no-cache-index --bands 2,0 --print-config')).join());
    expect(printed).toMatchObject({ data: join(scratch, 'photos'), sample: 1000, cacheIndex: false, bands: '2,0' });
    const packed = await run('data pack @photos --out @shards/{0..}.tar --max-images 2');
    expect(packed).toEqual([
      `${join(scratch, 'shards/0.tar')} to ${join(scratch, 'shards/1.tar')}\n3 images in 2 shards`,
    ]);
    await expect(run('data pack @photos --out @shards/{0..}.tar')).rejects.toThrow(
      /^packShards: shards .* must not be there yet/,
    );
    expect((await run('data pack @photos --out @shards/{0..}.tar --max-images 2 --resume')).join()).toMatch(
      /3 images in 2 shards/,
    );
  });

  it('learns and predicts on prepared tokens', async () => {
    const common = '--data @photos --encoder @encoder --standardize --place-weight 0.3';
    const learner = '--class-token shared --consistency-weight 1 --part-count 3 --decoder tiny --decoder-stages 0';
    await run(`parts learn ${common} ${learner} --steps 2 --out @parts`);
    await run('parts extract --data @photos --encoder @encoder --parts @parts --out @learned');
    await run(`parts extract ${common} --method k-means --out @clusters`);
    const settings = JSON.parse(readFileSync(join(scratch, 'parts/config.json'), 'utf8'));
    expect(settings).toMatchObject({ standardize: true, placeWeight: 0.3, learner: { consistencyWeight: 1 } });
    expect((await run('parts eval --data @photos --shard @clusters --label-free --json'))[0]).toContain(
      'k-means of standardized output tokens with place 0.3 of 3 images',
    );
  });

  it('learns and clusters with places in the object', async () => {
    const common = '--data @photos --encoder @encoder --place-weight 2 --place-frame object';
    const learner = '--class-token shared --part-count 3 --decoder tiny --decoder-stages 0';
    await run(`parts learn ${common} ${learner} --steps 1 --out @framed`);
    expect(JSON.parse(readFileSync(join(scratch, 'framed/config.json'), 'utf8'))).toMatchObject({
      placeFrame: 'object',
    });
    expect((await describeParts(join(scratch, 'framed/parts.safetensors'))).config.placeFrame).toBe('object');
    await run('parts extract --data @photos --encoder @encoder --parts @framed --out @framed-maps');
    await run(`parts extract ${common} --method k-means --out @framed-clusters`);
    expect((await run('parts eval --data @photos --shard @framed-clusters --label-free --json'))[0]).toContain(
      'k-means of output tokens with place 2 in the object of 3 images',
    );
  });

  it('refuses to score images that were trained on, unless told to', async () => {
    const learner = '--part-count 3 --decoder tiny --decoder-stages 0 --steps 1';
    await run(`parts learn --data @photos --held-out 1 --encoder @encoder ${learner} --out @split`);
    await run('parts extract --data @photos --encoder @encoder --parts @split --out @split-maps');
    const scored = 'parts eval --data @photos --shard @split-maps --label-free --parts @split';
    await expect(run(scored)).rejects.toThrow(
      /^parts eval: the images must not be those that the part learner was trained on, got 2 such images of 3; pass the `heldOut`/,
    );
    expect((await run(`${scored} --held-out 1`))[0]).toMatch(/^1 images/);
    expect((await run(`${scored} --allow-seen`))[0]).toMatch(/^3 images/);
  });

  it('draws masks of several strategies, and lists all of them', async () => {
    const panel = join(scratch, 'masks.png');
    const strategies = '--masking random block:0.5 --progress 0 --image-size 16 --patch-size 4';
    expect(await run(`show masks --data @photos ${strategies} --images 2 --out @masks.png`)).toEqual([panel]);
    expect(existsSync(panel)).toBe(true);
    const help: string[] = [];
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => help.push(String(text)) > 0);
    await expect(run('show masks --help')).rejects.toThrow('(outputHelp)');
    vi.restoreAllMocks();
    for (const name of maskingNames) expect(help.join('')).toMatch(new RegExp(`^  ${name}(\\[:RATIO\\])? `, 'm'));
    for (const line of help.join('').split('\n')) {
      if (!line.startsWith('  semmae ')) expect(line.length).toBeLessThanOrEqual(80);
    }
  });

  it('says what an encoder file holds', async () => {
    expect(JSON.parse((await run('show model @encoder'))[0]!)).toMatchObject({
      id: 'none on nothing, seed 3',
      role: 'teacher',
      config: { width: 12, patchSize: 4 },
    });
  });
});
