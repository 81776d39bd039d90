import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { makeWritableFolder } from './make-writable-folder';
import { orUnwritable } from './or-unwritable';
import { replaceFile, replaceFileSync } from './replace-file';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'semmae-core-files-'));
  path = join(folder, 'a');
  writeFileSync(path, 'old');
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('replaceFile', () => {
  it('shows the old file until the new one is whole', async () => {
    const seen: string[] = [];
    const look = async () => void seen.push(readFileSync(path, 'utf8'));
    await replaceFile(
      path,
      async (file) => {
        await file.writeFile('ne');
        await look();
        await file.writeFile('w');
      },
      look,
    );
    await look();
    expect(seen).toEqual(['old', 'old', 'new']);
    expect(readdirSync(folder)).toEqual(['a']);
  });

  it('leaves the old file and nothing else when anything fails', async () => {
    const fail = () => Promise.reject(new Error('of the writer'));
    await expect(replaceFile(path, fail)).rejects.toThrow('of the writer');
    await expect(replaceFile(path, (file) => file.writeFile('new'), fail)).rejects.toThrow('of the writer');
    await expect(replaceFile(join(folder, 'none', 'a'), fail)).rejects.toThrow('ENOENT');
    expect(() => replaceFileSync(join(path, 'none', 'a'), 'new')).toThrow('ENOTDIR');
    expect([readFileSync(path, 'utf8'), readdirSync(folder)]).toEqual(['old', ['a']]);
  });

  it('overwrites the draft of a process that was killed', async () => {
    writeFileSync(`${path}.draft`, 'half of something longer');
    await replaceFile(path, (file) => file.writeFile('new'));
    expect([readFileSync(path, 'utf8'), readdirSync(folder)]).toEqual(['new', ['a']]);
  });

  it.runIf(process.platform === 'linux')('passes on that the disk is full', async () => {
    symlinkSync('/dev/full', `${path}.draft`);
    await expect(replaceFile(path, (file) => file.writeFile('new'))).rejects.toThrow('ENOSPC');
    symlinkSync('/dev/full', `${path}.${process.pid}.draft`);
    expect(() => replaceFileSync(path, 'new')).toThrow('ENOSPC');
    expect([readFileSync(path, 'utf8'), readdirSync(folder)]).toEqual(['old', ['a']]);
  });
});

describe('orUnwritable', () => {
  const place = { where: 'here', path: '/a\nb' };
  const full = Object.assign(new Error('ENOSPC: no space'), { syscall: 'write' });
  const message = 'here: /a\\nb must be writable, got ENOSPC: no space; choose another place, or free some space';

  it('says what the system says in one line, at once or later', async () => {
    expect(orUnwritable(place, () => 5)).toBe(5);
    expect(await orUnwritable(place, async () => 5)).toBe(5);
    const fail = () => {
      throw full;
    };
    expect(() => orUnwritable(place, fail)).toThrow(message);
    await expect(orUnwritable(place, async () => fail())).rejects.toThrow(message);
    expect(() => orUnwritable({ ...place, remedy: () => 'wait' }, fail)).toThrow(/; wait$/);
  });

  it('passes on what is no matter of the system', async () => {
    await expect(orUnwritable(place, () => Promise.reject(new TypeError('x')))).rejects.toThrow(TypeError);
  });
});

describe('makeWritableFolder', () => {
  const asked = { where: '--out', remedy: 'choose another' };

  it('makes all folders on the way and leaves nothing in them', () => {
    const deep = join(folder, 'b', 'c');
    makeWritableFolder(deep, asked);
    makeWritableFolder(deep, asked);
    expect([existsSync(deep), readdirSync(deep)]).toEqual([true, []]);
  });

  it('says in one line what cannot be written, whatever its name holds', () => {
    expect(() => makeWritableFolder(join(path, 'x\ny\u001b'), asked)).toThrow(
      /^--out: .*a\/x\\ny\\u001b must be a folder that can be written, got ENOTDIR[^\n]*; choose another$/,
    );
    if (process.platform === 'linux') expect(() => makeWritableFolder('/proc/none/x', asked)).toThrow('ENOENT');
  });
});
