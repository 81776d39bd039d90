// The versions that a result depends on.

import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const named = [
  '@tensorflow/tfjs-core',
  'onnxruntime-node',
  '@semmae/masking',
  '@semmae/parts',
  '@semmae/train',
  '@semmae/vit',
  '@semmae/tfjs-backend-onnx',
];

/** Node's version and that of each package, by name; what is not installed is left out. */
export function installedVersions(): Record<string, string> {
  const { resolve } = createRequire(import.meta.url);
  const versions: Record<string, string> = { node: process.version };
  for (const name of named) {
    const manifest = resolve
      .paths(name)
      ?.map((folder) => join(folder, name, 'package.json'))
      .find(existsSync);
    if (manifest !== undefined)
      versions[name] = (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version;
  }
  return versions;
}
