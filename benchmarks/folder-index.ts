// A folder of very many images: what the first and the second opening cost, each in a process of its own. The files are empty: only names are read.
// Options: --images 1000000 --folders 1000 (classes; 1 for a flat folder) --masks (a label file for each image)

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { openFolderSource } from '@semmae/data';

import { peakMegabytes, residentMegabytes } from './engine/peak-memory';
import { rounded } from './engine/statistics';

const { values } = parseArgs({
  options: {
    images: { type: 'string', default: '1000000' },
    folders: { type: 'string', default: '1000' },
    masks: { type: 'boolean', default: false },
    open: { type: 'string' }, // in a process of one opening
  },
  allowPositionals: true,
});
const [images, folders] = [Number(values.images), Number(values.folders)];

if (values.open !== undefined) await open(values.open);
else runAll();

async function open(folder: string): Promise<void> {
  const megabytesBefore = residentMegabytes();
  const began = performance.now();
  const source = await openFolderSource(folder);
  const seconds = rounded((performance.now() - began) / 1000);
  const peak = peakMegabytes();
  (globalThis as { gc?: () => void }).gc?.();
  const openedMegabytes = residentMegabytes();
  const reading = performance.now();
  let labels = 0;
  for (let index = 0; index < source.length; index++)
    labels += source.idAt(index).length + (source.labelAt!(index) ?? 0);
  const idsSeconds = rounded((performance.now() - reading) / 1000);
  console.log(
    JSON.stringify({
      found: source.length,
      seconds,
      idsSeconds,
      megabytesBefore,
      openedMegabytes,
      peakMegabytes: peak,
      labels,
    }),
  );
}

function runAll(): void {
  const scratch = mkdtempSync(join(tmpdir(), 'folder-index-'));
  try {
    const data = join(scratch, 'photos');
    makeFiles(join(data, 'images'), 'jpg');
    if (values.masks) makeFiles(join(data, 'masks'), 'png');
    const [first, second] = [run(scratch, data), run(scratch, data)];
    const indices = join(scratch, 'cache', 'data', 'indices');
    const bytes = readdirSync(indices).reduce((sum, name) => sum + statSync(join(indices, name)).size, 0);
    const line = {
      bench: 'folder-index',
      images,
      folders,
      masks: values.masks,
      indexMegabytes: rounded(bytes / 2 ** 20),
    };
    console.log(JSON.stringify({ ...line, first, second }));
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

/** Folders have not changed for a while, so that their index is kept. */
function makeFiles(root: string, extension: string): void {
  for (let folder = 0; folder < folders; folder++) {
    const path = folders === 1 ? root : join(root, `n${String(folder).padStart(8, '0')}`);
    mkdirSync(path, { recursive: true });
    for (let index = folder; index < images; index += folders) {
      writeFileSync(join(path, `n${String(folder).padStart(8, '0')}_${index}.${extension}`), '');
    }
    utimesSync(path, 1e9, 1e9);
  }
  for (const path of [root, join(root, '..')]) utimesSync(path, 1e9, 1e9);
}

function run(scratch: string, data: string): object {
  const parameters = ['--expose-gc', ...process.execArgv, fileURLToPath(import.meta.url), ...process.argv.slice(3)];
  const { status, stdout } = spawnSync(process.execPath, [...parameters, '--open', data], {
    ...{ encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] },
    env: { ...process.env, SEMMAE_CACHE: join(scratch, 'cache') },
  });
  if (status === 0) return JSON.parse(stdout);
  throw new Error(`bench: opening must succeed, got status ${status}`);
}
