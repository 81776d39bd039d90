import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { pretrainSettings } from '@semmae/pipeline';
import { Command } from 'commander';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { addSettingsCommand } from './settings-command';

let scratch: string;
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'semmae-settings-'));
});
afterAll(() => rmSync(scratch, { recursive: true }));

/** The settings that a line gives, or what it prints. */
async function settingsOf(...words: string[]): Promise<unknown> {
  let settings: unknown;
  const program = new Command().exitOverride();
  const run = async (given: unknown) => {
    settings = given;
  };
  addSettingsCommand(program, { name: 'train', summary: '', schema: pretrainSettings, run });
  const log = vi.spyOn(console, 'log').mockImplementation((text) => {
    settings = JSON.parse(text);
  });
  try {
    await program.parseAsync(['node', 'semmae', 'train', ...words]);
  } finally {
    log.mockRestore();
  }
  return settings;
}

const config = (name: string, text: string) => {
  writeFileSync(join(scratch, name), text);
  return join(scratch, name);
};

describe('addSettingsCommand', () => {
  it('reads flags in their types and fills in defaults', async () => {
    expect(
      await settingsOf('--data', '7', '--out', 'run', '--mask-ratio', '.6', '--steps', '12', '--resume'),
    ).toMatchObject({
      ...{ data: '7', out: 'run', maskRatio: 0.6, steps: 12, resume: true, seed: 0, schedule: 'cosine' },
    });
  });

  it('takes a file of YAML or JSON, with flags before it', async () => {
    const yaml = config('a.yaml', 'data: photos\nout: runs/a # a comment\nepochs: 7\nmasking: block:0.6\n');
    expect(await settingsOf('--config', yaml, '--epochs', '9')).toMatchObject({
      data: 'photos',
      epochs: 9,
      masking: 'block:0.6',
    });
    const json = config('a.json', '{"$schema": "x", "data": "photos", "out": "b", "imageSize": 96}');
    expect(await settingsOf('--config', json)).toMatchObject({ out: 'b', imageSize: 96 });
  });

  it('prints what it would use, as a file that gives the same', async () => {
    const printed = await settingsOf('--data', 'photos', '--out', 'run', '--width', '96', '--print-config');
    expect(printed).toMatchObject({ data: 'photos', width: 96, schedule: 'cosine' });
    const again = await settingsOf('--config', config('printed.json', JSON.stringify(printed)));
    expect(again).toEqual(await settingsOf('--data', 'photos', '--out', 'run', '--width', '96'));
  });

  it.each([
    [['--data', 'x'], /^`out`: must be given, got nothing; see --help$/],
    [['--data', 'x', '--out', 'y', '--width', 'wide'], /^`width`: must be an integer of at least 1, got wide; /],
    [['--data', 'x', '--out', 'y', '--width', ''], /^`width`: must be an integer of at least 1, got ; /],
    [
      ['--data', 'x', '--out', 'y', '--mask-ratio', '1.5'],
      /^`maskRatio`: must be a number above 0 and at most 1, got 1.5/,
    ],
    [['--data', 'x', '--out', 'y', '--method', 'mea'], /^`method`: must be one of mae, semmae, .*, got mea/],
    [['--config', 'nowhere.yaml'], /^`config`: nowhere.yaml must be a file of JSON or YAML, got ENOENT/],
  ])('%s is one line', async (words, message) => {
    await expect(settingsOf(...words)).rejects.toThrow(message);
    await expect(settingsOf(...words)).rejects.toThrow(/^[^\n]+$/);
  });

  it.each([
    ['- a\n- b', /must hold settings by name, got a list/],
    ['data: [', /must be a file of JSON or YAML/],
    ['data: x\nout: y\nwitdh: 3', /every setting must be one of .*, got witdh/],
    ['data: x\nout: y\nwidth: "3"', /^`width`: must be an integer of at least 1, got 3/],
  ])('a file of %j is refused', async (text, message) => {
    await expect(settingsOf('--config', config('wrong.yaml', text))).rejects.toThrow(message);
  });
});
