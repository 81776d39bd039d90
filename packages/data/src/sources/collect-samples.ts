// Keeps what an iterator gives, so that any sample can be read at any time.

import { assertInteger, SemmaeError } from '@semmae/core';

import { assertIndex } from '../assert-index';
import type { ImageSample, ImageSource, RawImage, RawLabels } from './image-source';

export interface IterableSample extends ImageSample {
  /** Default: its place among the samples. */
  id?: string;
}

export interface IterableSourceOptions {
  /** Default 'iterable'. */
  name?: string | undefined;
  classNames?: readonly string[] | undefined;
  partNames?: readonly string[] | undefined;
  /** Samples to take, of an iterator that may never end. Default: all. */
  count?: number | undefined;
  /** Bytes of images and masks to keep in memory. Default 256 MiB. */
  memoryBytes?: number | undefined;
}

/** Where samples go that memory has no room for. */
export interface Spool {
  /** Gives where the bytes begin. */
  append(bytes: Uint8Array): Promise<number>;
  read(start: number, length: number): Promise<Uint8Array>;
  close(): void;
}

type Content = Uint8Array | RawImage | RawLabels;

export async function collectSamples(
  samples: AsyncIterable<IterableSample> | Iterable<IterableSample>,
  options: IterableSourceOptions,
  openSpool: () => Promise<Spool>,
): Promise<ImageSource> {
  const { name = 'iterable', classNames, partNames, count = Number.POSITIVE_INFINITY, memoryBytes = 2 ** 28 } = options;
  if (options.count !== undefined) assertInteger(name, 'count', count);
  const kept: { id: string; label: number | undefined; read: () => Promise<ImageSample> }[] = [];
  const ids = new Set<string>();
  let bytesInMemory = 0;
  let spool: Spool | undefined;

  async function keep<C extends Content>(content: C): Promise<() => Promise<C>> {
    const values = valuesOf(content);
    if (bytesInMemory + values.byteLength <= memoryBytes) {
      bytesInMemory += values.byteLength;
      const copy = withValues(content, values.slice());
      return async () => copy;
    }
    const { byteLength, byteOffset, buffer } = values;
    spool ??= await openSpool();
    const into = spool;
    const start = await into.append(new Uint8Array(buffer, byteOffset, byteLength));
    const shape = withValues(content, values.slice(0, 0));
    const arrayOf = values.constructor as new (buffer: ArrayBufferLike) => typeof values;
    return async () => withValues(shape, new arrayOf((await into.read(start, byteLength)).buffer));
  }

  try {
    for await (const { id = String(kept.length), image, mask, label, names } of samples) {
      if (ids.has(id))
        throw new SemmaeError({ where: name, requirement: 'ids of samples must differ', got: `${id} twice` });
      ids.add(id);
      const [readImage, readMask] = [await keep(image), mask && (await keep(mask))];
      const rest = { ...(label !== undefined && { label }), ...(names !== undefined && { names }) };
      const read = async () => ({ image: await readImage(), ...(readMask && { mask: await readMask() }), ...rest });
      kept.push({ id, label, read });
      if (kept.length >= count) break;
    }
    if (kept.length === 0) throw new SemmaeError({ where: name, requirement: 'must give samples', got: 'none' });
  } catch (error) {
    spool?.close();
    throw error;
  }
  const at = (index: number) => {
    assertIndex(name, index, kept.length);
    return kept[index]!;
  };
  return {
    ...{ name, length: kept.length, classNames, partNames },
    idAt: (index) => at(index).id,
    labelAt: (index) => at(index).label,
    read: async (index) => at(index).read(),
    close() {
      spool?.close();
      spool = undefined;
    },
  };
}

function valuesOf(content: Content): Uint8Array | Uint16Array | Float32Array {
  if (content instanceof Uint8Array) return content;
  return 'pixels' in content ? content.pixels : content.ids;
}

/** The same content of other values. */
function withValues<C extends Content>(content: C, values: ReturnType<typeof valuesOf>): C {
  if (content instanceof Uint8Array) return values as C;
  return 'pixels' in content ? { ...content, pixels: values } : { ...content, ids: values };
}
