// Packs every package and looks at the tarball as npm users will get it: publint and are-the-types-wrong, then an install
// of all tarballs together into an empty folder, where each entry point is imported and required.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

interface Manifest {
  name: string;
  exports: Record<string, unknown>;
  peerDependencies?: Record<string, string>;
}

/** Peers of entries that are not loaded here: the browser's. */
const neededElsewhere = new Set(['onnxruntime-web']);

const root = resolve(import.meta.dirname, '..');
const folders = readdirSync(join(root, 'packages')).map((name) => join(root, 'packages', name));
const scratch = mkdtempSync(join(tmpdir(), 'semmae-packages-'));
const failures: string[] = [];

try {
  const packed = folders.map((folder) => packAndLint(folder));
  installTogether(packed);
  for (const { manifest } of packed) loadEveryEntry(manifest);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
for (const failure of failures) console.error(failure);
console.log(
  `${folders.length - new Set(failures.map((line) => line.split(':')[0])).size} of ${folders.length} packages are fit to publish`,
);
process.exitCode = failures.length === 0 ? 0 : 1;

function packAndLint(folder: string): { manifest: Manifest; tarball: string } {
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
  const tarball = join(
    scratch,
    run('npm', ['pack', '--silent', '--pack-destination', scratch], folder).trim().split('\n').at(-1)!,
  );
  attempt(`${manifest.name}: publint`, () => run('npx', ['publint', '--strict', tarball], root));
  attempt(`${manifest.name}: types`, () => run('npx', ['attw', tarball, '--profile', 'esm-only'], root));
  return { manifest, tarball };
}

function installTogether(packed: readonly { manifest: Manifest; tarball: string }[]): void {
  const peers = new Map<string, string>();
  for (const { manifest } of packed) {
    for (const [name, range] of Object.entries(manifest.peerDependencies ?? {})) {
      if (!neededElsewhere.has(name)) peers.set(name, range);
    }
  }
  writeFileSync(join(scratch, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
  writeFileSync(join(scratch, '.npmrc'), 'ignore-scripts=true\n'); // as the engine's README tells
  const specifiers = [
    ...packed.map(({ tarball }) => tarball),
    ...[...peers].map(([name, range]) => `${name}@${range}`),
  ];
  run('npm', ['install', '--silent', '--no-audit', '--no-fund', '--prefer-offline', ...specifiers], scratch);
}

function loadEveryEntry({ name, exports }: Manifest): void {
  for (const path of Object.keys(exports)) {
    const specifier = path === '.' ? name : `${name}/${path.slice(2)}`;
    if (path.endsWith('/*')) {
      attempt(`${name}: read ${specifier}`, () => readEveryFile(join(scratch, 'node_modules', specifier.slice(0, -2))));
      continue;
    }
    if (specifier.endsWith('.json') || specifier.endsWith('/testing')) continue; // testing needs a running vitest
    attempt(`${name}: import ${specifier}`, () =>
      run('node', ['--input-type=module', '-e', `await import('${specifier}')`], scratch),
    );
    attempt(`${name}: require ${specifier}`, () =>
      run('node', ['--input-type=commonjs', '-e', `require('${specifier}')`], scratch),
    );
  }
}

/** Of a folder of JSON files that users import by name. */
function readEveryFile(folder: string): void {
  const names = readdirSync(folder);
  if (names.length === 0) throw new Error(`${folder} is empty`);
  for (const name of names) JSON.parse(readFileSync(join(folder, name), 'utf8'));
}

function attempt(what: string, action: () => void): void {
  try {
    action();
  } catch (error) {
    failures.push(`${what}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function run(command: string, parameters: readonly string[], cwd: string): string {
  try {
    return execFileSync(command, parameters, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    throw new Error(`${stdout}${stderr}`.trim() || `${command} failed`);
  }
}
