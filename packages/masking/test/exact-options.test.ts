// Programs with `exactOptionalPropertyTypes` can pass options on: the package's own sources do.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { expect, it } from 'vitest';

it('type-checks with exact optional properties', () => {
  const folder = fileURLToPath(new URL('..', import.meta.url));
  const { exports } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    exports: Record<string, { '@semmae/source'?: string }>;
  };
  const { options, fileNames } = ts.parseJsonConfigFileContent(
    {
      extends: '../../tsconfig.base.json',
      compilerOptions: { exactOptionalPropertyTypes: true },
      files: Object.values(exports).flatMap((conditions) => conditions['@semmae/source'] ?? []),
    },
    ts.sys,
    folder,
  );
  expect(fileNames).toContain(join(folder, 'src/index.ts'));
  const messages = ts
    .getPreEmitDiagnostics(ts.createProgram(fileNames, options))
    .map(({ file, messageText }) => `${file?.fileName}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`);
  expect(messages).toEqual([]);
}, 60_000);
