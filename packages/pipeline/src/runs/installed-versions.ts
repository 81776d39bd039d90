// The versions that a result depends on.

import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const named = [
  '@tensorflow/tfjs-core',
  'onnxruntime-node',
  '@semmae/pipeline',
  '@semmae/masking',
  '@semmae/parts',
  '@semmae/train',
  '@semmae/vit',
  '@semmae/tfjs-backend-onnx',
];

/** The version of each package, by name; what is not installed is left out. */
export function installedVersions(): { label: string; value: string }[] {
  const { resolve } = createRequire(import.meta.url);
  return named.flatMap((label) => {
    const manifest = resolve
      .paths(label)
      ?.map((folder) => join(folder, label, 'package.json'))
      .find(existsSync);
    if (manifest === undefined) return [];
    const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string };
    return [{ label, value: version }];
  });
}
