// Where in a file a ViT is, and what else the file holds.

import { SemmaeError } from '@semmae/core';

import type { TensorFile } from '../tensors/tensor-file';

export interface Network {
  /** In front of its names in the file: 'teacher.backbone.', '' at the top. */
  prefix: string;
  /** Whose names its weights have: timm's, with those of MAE, DINO and the like, or those of the library transformers. */
  naming: 'timm' | 'transformers';
  /** The names of its tensors without the prefix, and of all others without what they share with the prefix, to names in the file. */
  names: ReadonlyMap<string, string>;
  /** Tensors of another ViT in the file. */
  others: { name: string; why: string }[];
}

const patchEmbedding = /^(|.*\.)(patch_embed\.proj|embeddings\.patch_embeddings\.projection)\.weight$/;

/**
 * The ViT in a file, known by its patch embedding. Of several `network` names one by a word of its path: 'teacher', 'model_ema'.
 * Without it a file with a teacher and a student gives the teacher.
 */
export function findNetwork({ path, entries }: Pick<TensorFile, 'path' | 'entries'>, network?: string): Network {
  const found = [...entries.keys()].flatMap((name) => {
    const match = patchEmbedding.exec(name);
    return match === null ? [] : [{ prefix: match[1]!, stem: match[2]! }];
  });
  if (found.length === 0) throw nothingFound(path, [...entries.keys()]);
  const { prefix, stem } = choose(path, found, network);
  const naming = stem === 'patch_embed.proj' ? 'timm' : 'transformers';
  const otherPrefixes = new Set(found.map((other) => other.prefix).filter((other) => !prefix.startsWith(other)));
  const names = new Map<string, string>();
  const others: Network['others'] = [];
  for (const name of entries.keys()) {
    const other = paths(name).find((start) => otherPrefixes.has(start));
    if (other !== undefined) {
      others.push({ name, why: `another network, ${labelOf(other)}` });
      continue;
    }
    const local = localName(name, prefix);
    // What is under the prefix comes first: of another tensor with the same end the whole name stays.
    names.set(name.startsWith(prefix) || !entries.has(prefix + local) ? local : name, name);
  }
  return { prefix, naming, names, others };
}

/** What a name is under: 'a.' and 'a.b.' for 'a.b.c'. */
function paths(name: string): string[] {
  return [...name.matchAll(/\./g)].map(({ index }) => name.slice(0, index + 1));
}

/** 'teacher.backbone.' as people write it. */
export function labelOf(prefix: string): string {
  return prefix.replace(/\.$/, '');
}

function choose<Found extends { prefix: string }>(path: string, found: Found[], network: string | undefined): Found {
  const wordsOf = ({ prefix }: Found) => [labelOf(prefix), ...labelOf(prefix).split('.')];
  const among = (word: string) => found.filter((one) => wordsOf(one).includes(word));
  const shown = found.slice(0, 5).map(({ prefix }) => labelOf(prefix) || 'the top');
  const labels = `${shown.join(', ')}${found.length > shown.length ? ` and ${found.length - shown.length} more` : ''}`;
  if (network !== undefined) {
    const [one, ...more] = among(network);
    if (one !== undefined && more.length === 0) return one;
    const requirement = `network ${network} must be one of the networks in the file`;
    throw new SemmaeError({ where: path, requirement, got: `${one === undefined ? '' : 'several of '}${labels}` });
  }
  if (found.length === 1) return found[0]!;
  const [teacher, ...more] = among('teacher');
  if (teacher !== undefined && more.length === 0 && among('student').length === found.length - 1) return teacher;
  const [first] = found;
  const remedy = `say which with network, for example ${wordsOf(first!).at(-1) || "''"}`;
  throw new SemmaeError({ where: path, requirement: 'must hold one network', got: labels, remedy });
}

/** `name` without the parts of its path that the prefix begins with as well. */
function localName(name: string, prefix: string): string {
  if (name.startsWith(prefix)) return name.slice(prefix.length);
  const [own, shared] = [name.split('.'), prefix.split('.')];
  const length = own.findIndex((word, index) => word !== shared[index]);
  return own.slice(length).join('.');
}

function nothingFound(path: string, names: readonly string[]): SemmaeError {
  const requirement =
    'must hold the weights of a ViT (patch_embed.proj.weight, or embeddings.patch_embeddings.projection.weight)';
  if (names.length === 0) return new SemmaeError({ where: path, requirement, got: 'no tensor' });
  if (names.every((name) => /(^|\.)optim(izer)?s?\./.test(name))) {
    const remedy = 'take the file that holds the model';
    return new SemmaeError({ where: path, requirement, got: "an optimizer's state alone", remedy });
  }
  const shown = names.slice(0, 3).join(', ');
  return new SemmaeError({ where: path, requirement, got: `${names.length} tensors like ${shown}` });
}
