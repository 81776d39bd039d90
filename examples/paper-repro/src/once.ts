// Results of finished work in the run folder, so that a resumed run does nothing twice.

import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';

import writeFileAtomic from 'write-file-atomic';

/** What the file holds, or what `work` gives, which is stored in it. */
export async function onceIn<Result>(file: string, work: () => Promise<Result>): Promise<Result> {
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as Result;
  const result = await work();
  mkdirSync(dirname(file), { recursive: true });
  writeFileAtomic.sync(file, `${JSON.stringify(result)}\n`);
  return result;
}
