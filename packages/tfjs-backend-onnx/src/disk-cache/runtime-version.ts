// The version of the installed onnxruntime-node.

import { createRequire } from 'node:module';

/** Empty where it cannot be found out. */
export function installedRuntimeVersion(): string {
  try {
    const { version } = createRequire(import.meta.url)('onnxruntime-node/package.json') as { version: string };
    return version;
  } catch {
    return '';
  }
}
