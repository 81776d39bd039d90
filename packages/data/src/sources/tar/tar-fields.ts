// Which fields of a sample are its image, its label and its part map.

import { SemmaeError } from '@semmae/core';

export interface TarFields {
  /** Fields that hold an image; of several in a sample the first in this list. Default jpg, jpeg, png, webp, avif, gif, tif, tiff. */
  image?: readonly string[] | undefined;
  /** The field of the label: `cls` (default) or `txt`, or `json:member`, such as `json:label` or `json:annotation.class`. */
  label?: string | undefined;
  /** Fields that hold a part map, as `image`. Default mask.png, seg.png, mask.tif, seg.tif, mask.npy, seg.npy. */
  mask?: readonly string[] | undefined;
}

export interface ResolvedTarFields {
  image: readonly string[];
  mask: readonly string[];
  label: string;
  /** Where the label stands in a JSON field; empty for a field of text. */
  labelPath: readonly string[];
}

/** Formats that are decoded here. */
export const imageFields: readonly string[] = ['jpg', 'jpeg', 'png', 'webp', 'avif', 'gif', 'tif', 'tiff'];
const maskFields = ['mask.png', 'seg.png', 'mask.tif', 'seg.tif', 'mask.npy', 'seg.npy'];

export function resolveTarFields({
  image = imageFields,
  label = 'cls',
  mask = maskFields,
}: TarFields): ResolvedTarFields {
  const plain = (fields: readonly string[]) => fields.map((field) => field.replace(/^\./, '').toLowerCase());
  const [labelField, labelPath] = label.split(':', 2) as [string, string | undefined];
  const resolved = {
    image: plain(image),
    mask: plain(mask),
    label: plain([labelField])[0]!,
    labelPath: labelPath === undefined ? [] : labelPath.split('.'),
  };
  const all = [...resolved.image, ...resolved.mask, resolved.label];
  const twice = all.find((field, index) => all.indexOf(field) !== index);
  if (image.length > 0 && twice === undefined && !all.includes('')) return resolved;
  throw new SemmaeError({
    where: 'openTarSource',
    requirement: 'fields must name one image field at least, and each field once',
    got: `image ${image.join(', ') || 'none'}; mask ${mask.join(', ') || 'none'}; label ${label}`,
  });
}

/** A whole number is a class id, any other text is a class name; a negative number is no label. Undefined: `content` holds none. */
export function labelOf(content: Uint8Array, labelPath: readonly string[]): number | string | undefined {
  const text = new TextDecoder().decode(content).trim();
  const value = labelPath.length === 0 ? text : memberOf(text, labelPath);
  if (typeof value === 'string') return /^-?\d{1,9}$/.test(value) ? Number(value) : value || undefined;
  return typeof value === 'number' && Number.isInteger(value) && Math.abs(value) < 1e9 ? value : undefined;
}

function memberOf(text: string, path: readonly string[]): unknown {
  try {
    return path.reduce<unknown>(
      (value, name) =>
        typeof value === 'object' && value !== null && Object.hasOwn(value, name) ? value[name as never] : undefined,
      JSON.parse(text),
    );
  } catch {
    return undefined;
  }
}
