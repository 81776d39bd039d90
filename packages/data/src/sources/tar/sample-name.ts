// Which sample a file of a shard belongs to, by its name.

export interface SampleName {
  /** Path up to the first dot of the file name: `photos/0001`. */
  key: string;
  /** What follows that dot, in lower case: `jpg`, `mask.png`. */
  field: string;
}

/**
 * WebDataset's rule, with `./` at the front taken away. Otherwise the kind under which the file is left out: without a dot, hidden
 * at any depth, of WebDataset's own notes (`__meta__`), or with a name that must not become a path (`..`, absolute, control characters).
 *
 * Reference: https://github.com/webdataset/webdataset, "The WebDataset Format"
 */
export function sampleNameOf(path: string): SampleName | string {
  const relative = path.replace(/^(\.\/+)+/, '');
  if (/^([/\\]|[A-Za-z]:)|(^|[/\\])\.\.([/\\]|$)|\p{Cc}/u.test(relative)) return 'file with an unsafe name';
  if (/(^|\/)(\.|__MACOSX(\/|$))/.test(relative)) return 'hidden file';
  if (/^__[^/]*__($|\/)/.test(relative)) return 'file of notes';
  const dot = relative.indexOf('.', relative.lastIndexOf('/') + 1);
  if (dot < 0) return 'file without extension';
  return { key: relative.slice(0, dot), field: relative.slice(dot + 1).toLowerCase() };
}
