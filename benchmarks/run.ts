// `npm run bench -- NAME`: runs every benchmark file that begins with NAME; each prints one JSON line a case.

import { readdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const [name] = process.argv.slice(2);
const benches = readdirSync(here).filter((file) => file.endsWith('.ts') && file !== 'run.ts');
const chosen = benches.filter((file) => name !== undefined && file.startsWith(name));

if (chosen.length === 0) {
  console.error(
    `bench: NAME must begin one of ${benches.join(', ')}, got ${name ?? 'nothing'}; try \`npm run bench -- engine\``,
  );
  process.exit(1);
}
for (const file of chosen) await import(pathToFileURL(`${here}/${file}`).href);
