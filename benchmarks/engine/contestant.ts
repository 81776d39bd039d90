// Programs that are measured against each other, each run as a process of its own.

import { spawn } from 'node:child_process';

export interface Contestant {
  name: string;
  command: string;
  arguments: string[];
  environment?: Record<string, string>;
  /** Rounds it takes part in, where it is too slow for all. Default: every round. */
  rounds?: number;
}

/** What a contestant prints as its last line; further fields pass through. */
export interface Reading {
  value: number;
  unit: string;
  /** What ran, with its version. */
  version: string;
  /** Images a step. */
  batch?: number;
  parameters?: number;
  peakMegabytes?: number | null;
  importMegabytes?: number | null;
  firstStepSeconds?: number;
  losses?: number[];
}

/** A contestant that cannot run here: what it says about it. */
export interface Absence {
  missing: string;
}

/** Peers end with this code where what they need is not installed. */
const missingCode = 3;

/** Runs it to its end and reads its last line. */
export async function runContestant<T = Reading>(contestant: Contestant): Promise<T | Absence> {
  const { code, output, errors } = await finished(contestant);
  if (code === 0) return JSON.parse(lastLine(output)) as T;
  const message = complaint(errors) || `ended with code ${code}`;
  return { missing: code === missingCode ? message : `${contestant.name} failed: ${message}` };
}

export function isAbsent(reading: object): reading is Absence {
  return 'missing' in reading;
}

function finished({ command, arguments: list, environment }: Contestant) {
  return new Promise<{ code: number | null; output: string; errors: string }>((resolve) => {
    const child = spawn(command, list, {
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    let errors = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      errors += text;
    });
    child.on('error', ({ message }) => resolve({ code: missingCode, output, errors: message }));
    child.on('close', (code) => resolve({ code, output, errors }));
  });
}

/** The line that names the error: Node and Python put traces before or after it. */
function complaint(errors: string): string {
  return errors.split('\n').findLast((line) => /^\w*Error\b/.test(line)) ?? lastLine(errors);
}

function lastLine(text: string): string {
  return text.trimEnd().split('\n').at(-1) ?? '';
}
