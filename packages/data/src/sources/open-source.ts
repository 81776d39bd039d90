// From what a path names to a source of images.

import type { ImageSource } from './image-source';
import { type OpenFolderSourceOptions, openFolderSource } from './open-folder-source';
import { namesShards } from './tar/names-shards';
import { type OpenTarSourceOptions, openTarSource } from './tar/open-tar-source';

export interface OpenSourceOptions extends OpenFolderSourceOptions, OpenTarSourceOptions {}

/** A kind of source: the first one that recognizes a path opens it. */
interface SourceKind {
  recognizes(path: string): boolean | Promise<boolean>;
  open(path: string, options: OpenSourceOptions): Promise<ImageSource>;
}

/** Folders come last: what nothing else recognizes is one, or an error that says what a folder must hold. */
const kinds: readonly SourceKind[] = [
  { recognizes: namesShards, open: openTarSource },
  { recognizes: () => true, open: openFolderSource },
];

/** Opens what `path` names: WebDataset shards (`openTarSource`), or a folder of images. Throws a SemmaeError that says what is missing. */
export async function openSource(path: string, options: OpenSourceOptions = {}): Promise<ImageSource> {
  for (const { recognizes, open } of kinds) if (await recognizes(path)) return open(path, options);
  throw new Error('internal: the last kind recognizes everything');
}
