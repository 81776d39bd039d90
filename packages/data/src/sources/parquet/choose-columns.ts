// Which columns of a table are the image, its label and its mask.

import { SemmaeError } from '@semmae/core';
import type { SchemaTree } from 'hyparquet';

import type { ParquetFeature, ParquetFile } from './parquet-file';

export interface ParquetColumnOptions {
  /** Column of the images. Default: the only one, or the one named image. */
  image?: string | undefined;
  /** Column of the labels, needed where there are several such as fine_label and coarse_label; false for none. Default: the only one. */
  label?: string | false | undefined;
  /** Column of images of part ids; false for none. Default: the only one named mask, annotation or the like. */
  mask?: string | false | undefined;
  /** Column that names the images instead of file and row, such as image_id or image.path. */
  id?: string | undefined;
}

/** Paths of leaf columns, such as ['image', 'bytes']. */
export interface ParquetColumns {
  image: readonly string[];
  label?: readonly string[];
  mask?: readonly string[];
  id?: readonly string[];
  /** Where the label is a number with names. */
  classNames?: readonly string[];
}

const imageNames = ['image', 'img', 'images', 'picture', 'photo', 'jpg', 'jpeg', 'png', 'webp', 'pixel_values'];
const maskNames =
  /^(masks?|annotations?|segmentation(_masks?|_map)?|semantic(_mask|_segmentation)?|seg_?map|labels?|label_map|parts)$/i;
const labelNames = ['label', 'labels', 'class', 'cls', 'target', 'y'];

/** Throws a SemmaeError that lists the columns where nothing can be an image, or several can. */
export function chooseColumns(file: ParquetFile, options: ParquetColumnOptions = {}): ParquetColumns {
  const columns = file.schema.children;
  const images = imageColumns(file);
  const masks = images.filter(({ element }) => maskNames.test(element.name));
  const plain = images.filter((column) => !masks.includes(column) && column.element.name !== options.mask);
  const image = chosen(file, 'image', options.image, images, plain.length > 0 ? plain : images, imageNames);
  if (image === undefined) throw noImages(file);
  const mask =
    options.mask === false
      ? undefined
      : chosen(
          file,
          'mask',
          options.mask,
          images,
          masks.filter((column) => column !== image),
          [],
        );
  const labels = columns.filter((column) => isLabel(column));
  const named = labels.filter(({ element }) => file.features[element.name]?._type === 'ClassLabel');
  const usual = labels.filter(({ element }) => labelNames.includes(element.name.toLowerCase()));
  const label =
    options.label === false
      ? undefined
      : chosen(file, 'label', options.label, labels, named.length > 0 ? named : usual.slice(0, 1), labelNames);
  const classNames = label && namesOf(file.features[label.element.name]);
  return {
    image: bytesOf(image)!,
    ...(mask && { mask: bytesOf(mask)! }),
    ...(label && { label: label.path }),
    ...(options.id !== undefined && { id: idColumn(file, options.id) }),
    ...(classNames && { classNames }),
  };
}

/** The column that was named, or the one candidate, or the one of the usual names. */
function chosen(
  file: ParquetFile,
  role: 'image' | 'label' | 'mask',
  name: string | undefined,
  possible: readonly SchemaTree[],
  candidates: readonly SchemaTree[],
  usual: readonly string[],
): SchemaTree | undefined {
  const kind = role === 'label' ? 'one number or text a row' : 'bytes of images';
  if (name !== undefined) {
    const found = possible.find(({ element }) => element.name === name);
    if (found !== undefined) return found;
    const requirement = `the ${role} must be a column of ${kind}: ${listed(possible)}`;
    throw new SemmaeError({ where: file.name, requirement, got: name });
  }
  if (candidates.length <= 1) return candidates[0];
  const byName = usual.flatMap((word) => candidates.filter(({ element }) => element.name.toLowerCase() === word));
  if (byName.length > 0) return byName[0];
  throw new SemmaeError({
    where: file.name,
    requirement: `must have one column that can be the ${role}`,
    got: listed(candidates),
    remedy: `name one as \`${role}\`${role === 'image' ? '' : ', or false for none'}`,
  });
}

function imageColumns({ schema, features }: ParquetFile): SchemaTree[] {
  const withBytes = schema.children.filter((column) => bytesOf(column) !== undefined);
  const declared = withBytes.filter(({ element }) => features[element.name]?._type === 'Image');
  return declared.length > 0 ? declared : withBytes;
}

/** `{ bytes, path }` as `datasets` writes images, or bytes alone. */
function bytesOf(column: SchemaTree): string[] | undefined {
  const leaf = column.children.find(({ element }) => element.name === 'bytes') ?? column;
  const { type, repetition_type: repetition } = leaf.element;
  const isBytes = leaf.children.length === 0 && type === 'BYTE_ARRAY' && repetition !== 'REPEATED' && !isText(leaf);
  return isBytes && column.element.repetition_type !== 'REPEATED' ? leaf.path : undefined;
}

function isText({ element: { converted_type: converted, logical_type: logical } }: SchemaTree): boolean {
  return converted === 'UTF8' || converted === 'JSON' || logical?.type === 'STRING' || logical?.type === 'JSON';
}

function isLabel(column: SchemaTree): boolean {
  const { type, repetition_type: repetition } = column.element;
  if (column.children.length > 0 || repetition === 'REPEATED') return false;
  return type === 'INT32' || type === 'INT64' || type === 'BOOLEAN' || isText(column);
}

function idColumn(file: ParquetFile, name: string): string[] {
  const path = name.split('.');
  const leaf = path.reduce<SchemaTree | undefined>(
    (node, part) => node?.children.find(({ element }) => element.name === part),
    file.schema,
  );
  if (leaf !== undefined && isLabel(leaf)) return leaf.path;
  const requirement = 'the id must be a column of one number or text a row';
  throw new SemmaeError({
    where: file.name,
    requirement,
    got: name,
    remedy: `the columns are ${listed(file.schema.children)}`,
  });
}

function namesOf(feature: ParquetFeature | undefined): string[] | undefined {
  const names = feature?.names;
  return Array.isArray(names) && names.every((name) => typeof name === 'string') ? names : undefined;
}

function noImages(file: ParquetFile): SemmaeError {
  const { children } = file.schema;
  return new SemmaeError({
    where: file.name,
    requirement: 'must have a column of image files: bytes, or a struct with `bytes` as `datasets` writes it',
    got: `the columns ${listed(children)}`,
    remedy: 'write them with the feature Image of `datasets`',
  });
}

function listed(columns: readonly SchemaTree[]): string {
  return columns.map(({ element }) => element.name).join(', ') || 'none';
}
