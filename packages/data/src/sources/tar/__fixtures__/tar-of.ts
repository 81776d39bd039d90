// Archives for tests, as bytes.

import { packTar } from 'modern-tar';

/** A plain archive of files by path, in their order. */
export async function tarOf(files: readonly (readonly [path: string, content: string | Uint8Array])[]): Promise<Uint8Array> {
  return packTar(
    files.map(([name, content]) => {
      const body = typeof content === 'string' ? new TextEncoder().encode(content) : content;
      return { header: { name, size: body.length, mtime: new Date(0) }, body };
    }),
  );
}
