// TensorBoard itself reads what we write, where Python has it: `pip install tensorboard`, and TENSORBOARD_PYTHON names another Python.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it, type TestContext } from 'vitest';

import { testPicture } from '../__fixtures__/test-picture';
import { eventWriter } from './event-writer';

const python = process.env.TENSORBOARD_PYTHON ?? 'python3';
const script = fileURLToPath(new URL('./__fixtures__/read_events.py', import.meta.url));

/** Scalars, images and texts of a folder as TensorBoard has them. */
function readBack(folder: string): Record<string, Record<string, unknown>> {
  const { status, stdout, stderr } = spawnSync(python, [script, folder], { encoding: 'utf8' });
  expect(status, stderr).toBe(0);
  return JSON.parse(stdout);
}

async function inFolder(context: TestContext, run: (folder: string) => Promise<void>): Promise<void> {
  const hasTensorBoard = spawnSync(python, ['-c', 'import tensorboard']).status === 0;
  if (!hasTensorBoard) return context.skip(`${python} has no tensorboard`);
  const folder = mkdtempSync(join(tmpdir(), 'semmae-tensorboard-'));
  try {
    await run(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

it('gives TensorBoard scalars, pictures and texts', (context) =>
  inFolder(context, async (folder) => {
    const writer = eventWriter({ folder });
    for (const step of [1, 2, 3]) writer.scalar('loss/train', step, 1 / 2 ** step);
    writer.scalar('accuracy', 3, 0.625);
    writer.text('notes', 0, '**α** from 0 to 1');
    for (const step of [1, 3]) await writer.image('masks', step, testPicture(5, 7));
    await writer.close();
    const losses = [
      [1, 0.5],
      [2, 0.25],
      [3, 0.125],
    ];
    expect(readBack(folder)).toEqual({
      scalars: { 'loss/train': losses, accuracy: [[3, 0.625]] },
      pluginScalars: { 'loss/train': losses, accuracy: [[3, 0.625]] },
      images: {
        masks: [
          [1, 5, 7, 5, 7],
          [3, 5, 7, 5, 7],
        ],
      },
      pluginImages: { masks: [1, 3] },
      texts: { notes: [[0, ['**α** from 0 to 1']]] },
    });
  }));

it('shows TensorBoard each step of a resumed run once, though the last record before was cut', (context) =>
  inFolder(context, async (folder) => {
    const killed = eventWriter({ folder });
    for (const step of [1, 2, 3, 4, 5]) killed.scalar('loss', step, step);
    await killed.image('masks', 4, testPicture(5, 7));
    killed.scalar('loss', 6, 6);
    await killed.close();
    truncateSync(killed.path, statSync(killed.path).size - 5);
    const resumed = eventWriter({ folder, resumedFrom: 3 });
    for (const step of [4, 5, 6, 7]) resumed.scalar('loss', step, step / 8);
    await resumed.image('masks', 6, testPicture(5, 7));
    await resumed.close();
    const losses = [
      [1, 1],
      [2, 2],
      [3, 3],
      [4, 0.5],
      [5, 0.625],
      [6, 0.75],
      [7, 0.875],
    ];
    const { scalars, pluginScalars, images, pluginImages } = readBack(folder);
    expect({ scalars, pluginScalars }).toEqual({ scalars: { loss: losses }, pluginScalars: { loss: losses } });
    expect({ images, pluginImages }).toEqual({ images: { masks: [[6, 5, 7, 5, 7]] }, pluginImages: { masks: [6] } });
  }));
