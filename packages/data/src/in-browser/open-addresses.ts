// Images at addresses as a source.

import { assertIndex } from '../assert-index';
import { Undecodable } from '../pixels/undecodable';
import type { ImageSource } from '../sources/image-source';

export interface ImageAddress {
  url: string | URL;
  /** Default: the path of the address without extension. */
  id?: string | undefined;
  label?: number | undefined;
  /** Address of a label file. */
  mask?: string | URL | undefined;
}

export interface OpenAddressesOptions {
  /** Default 'addresses'. */
  name?: string | undefined;
  classNames?: readonly string[] | undefined;
  partNames?: readonly string[] | undefined;
  /** Sent with every request, for example `authorization`. */
  headers?: Readonly<Record<string, string>> | undefined;
}

/** Each image is fetched when it is read. One that is not there is unreadable; a server of another origin must allow the page. */
export function openAddresses(
  images: readonly (string | URL | ImageAddress)[],
  { name = 'addresses', classNames, partNames, headers = {} }: OpenAddressesOptions = {},
): ImageSource {
  const entries = images.map((image) => (typeof image === 'string' || image instanceof URL ? { url: image } : image));
  const at = (index: number): ImageAddress => {
    assertIndex(name, index, entries.length);
    return entries[index]!;
  };
  async function bytesOf(url: string | URL): Promise<Uint8Array> {
    const response = await fetch(url, { headers }).catch((cause: Error) => {
      throw new Undecodable('unreachable', `${url}: ${cause.message}`, cause);
    });
    if (response.ok) return new Uint8Array(await response.arrayBuffer());
    throw new Undecodable('unreachable', `${url}: status ${response.status}`);
  }
  return {
    ...{ name, length: entries.length, classNames, partNames },
    idAt(index) {
      const { id, url } = at(index);
      return id ?? pathOf(String(url));
    },
    labelAt: (index) => at(index).label,
    async read(index) {
      const { url, mask, label } = at(index);
      const [image, ids] = await Promise.all([bytesOf(url), mask && bytesOf(mask)]);
      const names = { image: String(url), ...(mask && { mask: String(mask) }) };
      return { image, ...(ids && { mask: ids }), ...(label !== undefined && { label }), names };
    },
  };
}

/** Also of an address that is relative to the page. */
function pathOf(url: string): string {
  const [path = ''] = url.replace(/^[a-z]+:\/\/[^/]*\//i, '').split(/[?#]/, 1);
  return path.replace(/^[./]+/, '').replace(/\.\w+$/, '') || url;
}
