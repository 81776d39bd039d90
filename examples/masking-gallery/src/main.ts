// `npm run gallery:masks`: every masking strategy on one sheet.

import { SemmaeError } from '@semmae/core';

import { drawGallery } from './gallery';
import { parseOptions } from './options';

try {
  const options = parseOptions(process.argv);
  const { rows, leftOut } = await drawGallery(options, (name) => console.log(name));
  for (const { name, reason } of leftOut) console.log(`left out: ${name}: ${reason}`);
  console.log(`${rows.length} strategies in ${options.out}: masking-gallery.png, index.html, table.md, maps/`);
} catch (error) {
  if (!SemmaeError.isInstance(error) && !(error instanceof Error && 'syscall' in error)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
