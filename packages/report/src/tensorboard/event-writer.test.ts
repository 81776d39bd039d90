import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { testPicture } from '../__fixtures__/test-picture';
import type { Picture } from '../pictures/picture';
import { readEvents } from './__fixtures__/read-events';
import { readRecords } from './__fixtures__/read-records';
import { type EventWriter, eventWriter } from './event-writer';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'semmae-events-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const eventsOf = ({ path }: EventWriter) => readEvents(readFileSync(path));
const now = () => 1_795_000_000.25;

describe('eventWriter', () => {
  it('begins a file with its version, in a folder that it makes', async () => {
    const writer = eventWriter({ folder: join(folder, 'runs/first'), now });
    await writer.close();
    expect(basename(writer.path)).toMatch(/^events\.out\.tfevents\.1795000000\..+\.\d+$/);
    expect(eventsOf(writer)).toEqual([{ wallTime: now(), step: 0, fileVersion: 'brain.Event:2' }]);
  });

  it('gives back every scalar that it got', async () => {
    const record = fc.record({
      tag: fc.string({ minLength: 1, unit: 'grapheme' }),
      step: fc.nat(Number.MAX_SAFE_INTEGER),
      scalar: fc.oneof(fc.float(), fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY)),
      wallTime: fc.double({ min: 0, max: 1e10, noNaN: true }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(record, { maxLength: 8 }), async (records) => {
        const writer = eventWriter({ folder });
        for (const { tag, step, scalar, wallTime } of records) writer.scalar(tag, step, scalar, wallTime);
        expect(eventsOf(writer).slice(1)).toEqual(records); // all of it on disk before the file is closed
        await writer.close();
      }),
      { numRuns: 50 },
    );
  });

  it('writes what float32 cannot hold as infinity', async () => {
    const writer = eventWriter({ folder });
    writer.scalar('loss', 1, 1e300);
    await writer.close();
    expect(eventsOf(writer)[1]!.scalar).toBe(Number.POSITIVE_INFINITY);
  });

  it('writes pictures losslessly, in the order of the calls', async () => {
    const writer = eventWriter({ folder, now });
    const pictures = [testPicture(113, 127), testPicture(2, 3), testPicture(5, 7)]; // the first takes longest
    await Promise.all(pictures.map((picture, step) => writer.image('masks', step, picture)));
    await writer.close();
    const events = eventsOf(writer).slice(1);
    expect(events.map(({ step }) => step)).toEqual([0, 1, 2]);
    for (const [index, { height, width, pixels }] of pictures.entries()) {
      const { png, ...image } = events[index]!.image!;
      expect(image).toEqual({ height, width, colorspace: 3 });
      const decoded = await sharp(png).raw().toBuffer({ resolveWithObject: true });
      expect(decoded.info).toMatchObject({ height, width, channels: 3 });
      expect(Uint8Array.from(decoded.data)).toEqual(pixels);
    }
  });

  it('goes on after a picture that is none, and waits for the others when it closes', async () => {
    const writer = eventWriter({ folder });
    const broken: Picture = { height: 2, width: 2, pixels: new Uint8Array(3) };
    const before = writer.image('masks', 1, testPicture(113, 127));
    const refused = expect(writer.image('masks', 2, broken)).rejects.toThrow(
      'picture.pixels must hold 12 values, got 3',
    );
    const after = writer.image('masks', 3, testPicture(2, 3));
    await writer.close();
    await Promise.all([before, refused, after]);
    expect(eventsOf(writer).map(({ step }) => step)).toEqual([0, 1, 3]);
  });

  it('writes texts', async () => {
    const writer = eventWriter({ folder, now });
    writer.text('notes', 3, '**α** from 0 to 1');
    await writer.close();
    expect(eventsOf(writer)[1]).toEqual({
      wallTime: now(),
      step: 3,
      tag: 'notes',
      plugin: 'text',
      strings: ['**α** from 0 to 1'],
    });
  });

  it('takes back the steps after the one that a run goes on from, in a file that is read last', async () => {
    const first = eventWriter({ folder, now });
    for (const step of [1, 2, 3]) first.scalar('loss', step, step);
    const second = eventWriter({ folder, resumedFrom: 2, now: () => now() - 3600 }); // the clock was set back
    second.scalar('loss', 3, 0.5);
    await Promise.all([first.close(), second.close()]);
    expect(readdirSync(folder).sort()).toEqual([first, second].map(({ path }) => basename(path)));
    const start = { wallTime: now() - 3600, step: 3, session: 1 };
    expect(eventsOf(second).slice(1, 3)).toEqual([start, start]);
    expect(readEvents(readFileSync(first.path))).toHaveLength(4); // older files stay as they are
  });

  it('refuses what TensorBoard could not show, by name', async () => {
    const writer = eventWriter({ folder });
    expect(() => writer.scalar('loss', -1, 0)).toThrow(
      'eventWriter.scalar: step must be an integer of at least 0, got -1',
    );
    expect(() => writer.text('loss', 0.5, '')).toThrow(
      'eventWriter.text: step must be an integer of at least 0, got 0.5',
    );
    await expect(writer.image('', 1, testPicture(2, 3))).rejects.toThrow('eventWriter.image: tag must not be empty');
    expect(() => eventWriter({ folder, resumedFrom: -1 })).toThrow(
      'resumedFrom must be an integer of at least 0, got -1',
    );
    await writer.close();
    await writer.close();
    expect(() => writer.scalar('loss', 1, 0)).toThrow('eventWriter.scalar: the writer must be open, got a closed one');
    expect(eventsOf(writer)).toHaveLength(1);
  });

  it('has every record on disk that a killed process had written', async () => {
    const script = fileURLToPath(new URL('./__fixtures__/killed-writer.ts', import.meta.url));
    const child = spawn(process.execPath, ['--import', 'tsx', '--conditions=@semmae/source', script, folder], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let said = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      if (said.length > 5_000) child.kill('SIGKILL');
    });
    await once(child, 'close');
    expect(child.signalCode).toBe('SIGKILL');
    const lastSaid = Number(said.split('\n').at(-2));
    expect(lastSaid).toBeGreaterThan(1_000);
    const { records, rest } = readRecords(readFileSync(join(folder, readdirSync(folder)[0]!)));
    expect(records.length - 1).toBeGreaterThanOrEqual(lastSaid);
    expect(rest).toBeLessThan(tfRecordLimit);
  });
});

/** Longer than a record of `killed-writer.ts`. */
const tfRecordLimit = 64; // bytes
