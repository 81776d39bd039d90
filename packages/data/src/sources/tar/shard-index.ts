// What is where in one shard: a few numbers a sample, in typed arrays that go to the cache as they are.

import type { ByteSource } from '@semmae/checkpoints';

import { keyTable, type PackedKeys, packedKey } from '../key-table';
import { type LeftOutRecord, leftOut } from '../left-out';
import { sampleNameOf } from './sample-name';
import { labelOf, type ResolvedTarFields } from './tar-fields';
import { type TarEnd, type TarEntry, walkTar } from './walk-tar';

/** One file of each sample. */
export interface ShardFiles {
  /** Place of the first byte in the uncompressed shard. */
  offsets: Float64Array;
  /** In bytes; 0 where a sample has no such file. */
  sizes: Uint32Array;
  /** Position of the file's field in the list of settings. */
  fields: Uint8Array;
}

export interface ShardIndex {
  /** Keys of the samples that have an image, in the order of their first files in the shard. */
  keys: PackedKeys;
  images: ShardFiles;
  /** Absent where no sample has a part map. */
  masks?: ShardFiles;
  /** Class ids from 0 on; -1 where there is none; -2 and below for a class name, `labelNames[-2 - label]`. */
  labels: Int32Array;
  labelNames: string[];
  leftOut: LeftOutRecord;
}

const repeated = 'file of a repeated key';
const noLabel = -1;
const largestLabel = 2 ** 20;
/** What a read gives at once, and a Uint32Array holds. */
const largestFile = 2 ** 31 - 1;

export interface IndexShardOptions {
  /** What is wrong with the compressed file that the source was unpacked from. */
  damage?: string | undefined;
  signal?: AbortSignal | undefined;
}

/**
 * Walks through a shard. Files of one key are one sample, wherever they lie; of two files of one field the first counts. A damaged
 * shard gives what stands before the damage. All that is not used is counted in `leftOut`.
 */
export async function indexShard(
  source: ByteSource,
  settings: ResolvedTarFields,
  { damage, signal }: IndexShardOptions = {},
): Promise<ShardIndex> {
  const keys = keyTable();
  const images = fileColumn();
  const masks = fileColumn();
  const labels: number[] = [];
  const labelNames = new Map<string, number>();
  const left = leftOut();
  const leave = (kind: string, path: string, reason?: string): undefined =>
    void left.add(kind, `${source.name}/${path}`, reason);

  function visit(entry: TarEntry): ((content: Uint8Array) => void) | undefined {
    const { path, kind, size } = entry;
    if (kind === 'folder') return undefined;
    if (kind !== 'file') return leave(kind, path);
    const name = sampleNameOf(path);
    if (typeof name === 'string') return leave(name, path);
    const image = settings.image.indexOf(name.field);
    const mask = settings.mask.indexOf(name.field);
    const isLabel = name.field === settings.label;
    if (image < 0 && mask < 0 && !isLabel) return leave(`.${name.field}`, path);
    if (size === 0) return leave('empty file', path);
    if (entry.offset + size > source.size) return leave('truncated', path);
    if (size > (isLabel ? largestLabel : largestFile))
      return leave('file beyond the size limit', path, `${size} bytes`);
    const index = keys.add(name.key);
    if (isLabel && labels[index] === undefined) return (content) => addLabel(index, path, content);
    if (isLabel) return leave(repeated, path);
    const [column, fields, field] = image < 0 ? [masks, settings.mask, mask] : [images, settings.image, image];
    const refused = column.add(index, field, entry);
    if (refused === undefined) return undefined;
    if (refused === 'repeated') return leave(repeated, path);
    return leave(`second ${image < 0 ? 'mask' : 'image'}`, `${name.key}.${fields[refused]}`);
  }

  function addLabel(index: number, path: string, content: Uint8Array): void {
    const label = labelOf(content, settings.labelPath);
    labels[index] = typeof label === 'number' ? Math.max(label, noLabel) : noLabel;
    if (label === undefined) leave('unreadable label', path);
    if (typeof label !== 'string') return;
    if (!labelNames.has(label)) labelNames.set(label, labelNames.size);
    labels[index] = -2 - labelNames.get(label)!;
  }

  const end = await walkTar(source, visit, signal);
  const isEmpty = source.size === 0 || (keys.size === 0 && left.total === 0 && end.kind === 'marked');
  if (damage !== undefined || isEmpty || end.kind !== 'marked') left.add(...endOf(end, source, { damage, isEmpty }));
  const packed = keys.pack();
  const kept: number[] = [];
  for (let index = 0; index < keys.size; index++) {
    if (images.has(index)) kept.push(index);
    else leave('sample without image', packedKey(packed, index));
  }
  return {
    keys: kept.length === keys.size ? packed : selectKeys(packed, kept),
    images: images.pack(kept),
    ...(kept.some(masks.has) && { masks: masks.pack(kept) }),
    labels: Int32Array.from(kept, (index) => labels[index] ?? noLabel),
    labelNames: [...labelNames.keys()],
    leftOut: left.record(),
  };
}

function endOf(
  { kind, at }: TarEnd,
  { name, size }: ByteSource,
  { damage, isEmpty }: { damage: string | undefined; isEmpty: boolean },
): [kind: string, path: string, reason?: string] {
  if (damage !== undefined)
    return ['damaged shard', name, `cannot be unpacked behind byte ${size} of its content: ${damage}`];
  if (isEmpty) return ['empty shard', name];
  if (kind === 'damaged') return ['damaged shard', name, `cannot be read from byte ${at} of ${size} on`];
  return ['shard without an end mark', name, 'it may have been cut off'];
}

/** Offsets, sizes and fields by number of sample, while they are found. */
function fileColumn() {
  const offsets: number[] = [];
  const sizes: number[] = [];
  const fields: number[] = [];
  const has = (index: number) => sizes[index] !== undefined;
  return {
    has,
    /** The field that is not taken where there are two: of one field the second file, of two fields the one that comes later in the settings. */
    add(index: number, field: number, { offset, size }: TarEntry): number | 'repeated' | undefined {
      const before = fields[index];
      if (before === field) return 'repeated';
      if (before !== undefined && before < field) return field;
      offsets[index] = offset;
      sizes[index] = size;
      fields[index] = field;
      return before;
    },
    pack: (kept: readonly number[]): ShardFiles => ({
      offsets: Float64Array.from(kept, (index) => offsets[index] ?? 0),
      sizes: Uint32Array.from(kept, (index) => sizes[index] ?? 0),
      fields: Uint8Array.from(kept, (index) => fields[index] ?? 0),
    }),
  };
}

function selectKeys(keys: PackedKeys, kept: readonly number[]): PackedKeys {
  const table = keyTable();
  for (const index of kept) table.add(packedKey(keys, index));
  return table.pack();
}
