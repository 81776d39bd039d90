// Signals to the program as a shell sends them: what is done is saved, and the run ends with the same weights later.

import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const sizes = '--image-size 16 --patch-size 8 --width 12 --depth 1 --heads 3 --decoder-width 8 --decoder-depth 1';
const settings = `--data built-in:8 --steps 120 ${sizes} --decoder-heads 2 --batch-size 4`.split(' ');

let scratch: string;
let uninterrupted: string;
beforeAll(async () => {
  scratch = mkdtempSync(join(tmpdir(), 'semmae-signals-'));
  uninterrupted = hashOf(await pretrain('whole').ended);
}, 60_000);
afterAll(() => rmSync(scratch, { recursive: true }));

describe('runProgram', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)(
    'saves at %s, exits with %i, and goes on to the same weights',
    async (signal, exitCode) => {
      const run = pretrain(signal);
      await until(() => stepsIn(signal) >= 3);
      run.child.kill(signal);
      const { code, stdout, stderr } = await run.ended;
      expect([code, stdout]).toEqual([exitCode, '']);
      expect(stderr).toMatch(/Saved\. Continue with the same command and --resume\.\n$/);
      const saved = stepsIn(signal);
      expect(saved).toBeLessThan(120);
      expect(existsSync(join(scratch, signal, 'model.safetensors'))).toBe(false);

      const resumed = await pretrain(signal, '--resume').ended;
      expect([resumed.code, hashOf(resumed)]).toEqual([0, uninterrupted]);
      expect(stepsIn(signal)).toBe(120);
    },
    60_000,
  );
});

interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

function pretrain(out: string, ...more: string[]) {
  const program = ['--conditions=@semmae/source', '--import', import.meta.resolve('tsx')];
  const words = [join(import.meta.dirname, '../main.ts'), 'pretrain', ...settings, '--out', out, ...more];
  const child = spawn(process.execPath, [...program, ...words], {
    cwd: scratch,
    env: { ...process.env, SEMMAE_CACHE: 'off' },
  });
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].on('data', (text) => {
      output[name] += text;
    });
  }
  const ended = new Promise<Ended>((resolve) => child.on('close', (code) => resolve({ code, ...output })));
  return { child, ended };
}

function hashOf({ stdout, stderr }: Ended): string {
  return stdout.match(/hash ([0-9a-f]{64})/)?.[1] ?? stderr;
}

/** Steps that the run has logged. */
function stepsIn(out: string): number {
  const log = join(scratch, out, 'metrics.jsonl');
  return existsSync(log) ? readFileSync(log, 'utf8').split('\n').length - 1 : 0;
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 20));
}
