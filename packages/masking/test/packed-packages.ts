// What a user has after `npm install @semmae/masking`, from tarballs of the working tree.

import { execFile, execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export const repository = fileURLToPath(new URL('../../..', import.meta.url));

/** Runs a program to its end and returns what it prints; a failure throws with its standard error. */
export function run(command: string, parameters: string[], cwd: string): string {
  return execFileSync(command, parameters, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

export interface InstalledPackages {
  folder: string;
  remove(): void;
}

/** A folder with the packed packages installed, and nothing else. */
export async function installPacked(names: readonly string[]): Promise<InstalledPackages> {
  const workplace = mkdtempSync(join(tmpdir(), 'semmae-masking-packed-'));
  const folder = join(workplace, 'user');
  mkdirSync(folder);
  for (const file of ['tsup.base.ts', 'tsconfig.base.json']) cpSync(join(repository, file), join(workplace, file));
  symlinkSync(join(repository, 'node_modules'), join(workplace, 'node_modules'), 'junction');
  const tarballs = await Promise.all(names.map((name) => pack(name, workplace, folder)));
  rmSync(join(workplace, 'node_modules')); // or Node would find there what was not installed
  writeFileSync(join(folder, 'package.json'), '{ "name": "user", "private": true }\n');
  run('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', ...tarballs], folder);
  return { folder, remove: () => rmSync(workplace, { recursive: true, force: true }) };
}

/** Builds and packs a copy of the package, so that the working tree and its `dist` stay as they are. */
async function pack(name: string, workplace: string, destination: string): Promise<string> {
  const cwd = join(workplace, 'packages', name);
  cpSync(join(repository, 'packages', name), cwd, {
    recursive: true,
    filter: (path) => !/[\\/](node_modules|dist|test)$/.test(path),
  });
  const start = promisify(execFile);
  await start(process.execPath, [join(repository, 'node_modules/tsup/dist/cli-default.js')], { cwd });
  const { stdout } = await start('npm', ['pack', '--silent', '--pack-destination', destination], { cwd });
  return `./${stdout.trim().split('\n').at(-1)!}`;
}
