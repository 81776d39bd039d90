// A text file that names images, one a line, some with a label or a label file.

import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';

import { SemmaeError } from '@semmae/core';
import { parse } from 'csv-parse/sync';

export interface ListedImage {
  file: string;
  /** A class name or number as it is written. */
  label?: string | undefined;
  mask?: string | undefined;
}

export const listExtensions: readonly string[] = ['.txt', '.lst', '.csv', '.tsv', '.jsonl', '.ndjson'];

/** What columns are called, by what they hold. */
const columnNames: Readonly<Record<keyof ListedImage, readonly string[]>> = {
  file: ['file', 'path', 'image', 'filename', 'file_name', 'image_path', 'filepath'],
  label: ['label', 'class', 'category', 'class_name', 'target'],
  mask: ['mask', 'masks', 'parts', 'segmentation', 'mask_path', 'label_map'],
};

/**
 * `.csv` and `.tsv`: columns `file`, and `label`, `mask` where there are any; without names of columns in this order. `.jsonl`: an object a
 * line with these keys. `.txt`: a path a line; where tabs part columns, these columns, and where every line ends with a number, that is its
 * label. Lines that begin with # are comments in `.txt`. Throws a SemmaeError that names the line without an image.
 */
export async function readImageList(path: string): Promise<ListedImage[]> {
  let content: string;
  try {
    content = await readFile(path, 'utf8');
  } catch (cause) {
    throw new SemmaeError({ where: path, requirement: 'must be a readable list of images', got: cause, cause });
  }
  const images = imagesIn(path, content.replace(/^\uFEFF/, ''));
  if (images.length > 0) return images;
  throw new SemmaeError({ where: path, requirement: 'must name an image in each line', got: 'no line' });
}

function imagesIn(path: string, text: string): ListedImage[] {
  const extension = extname(path).toLowerCase();
  if (extension === '.csv') return fromTable(path, rowsOf(path, text, ','));
  if (extension === '.tsv') return fromTable(path, rowsOf(path, text, '\t'));
  if (extension === '.jsonl' || extension === '.ndjson') return fromObjects(path, text);
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '' && !line.startsWith('#'));
  if (lines.some((line) => line.includes('\t')))
    return fromTable(
      path,
      lines.map((line) => line.split('\t')),
    );
  const labeled = lines.map((line) => /^(.*\S)\s+(\d+)$/.exec(line));
  if (labeled.every((match) => match !== null)) return labeled.map(([, file, label]) => ({ file: file!, label }));
  return lines.map((line) => ({ file: line.trim() }));
}

function rowsOf(path: string, text: string, delimiter: string): string[][] {
  try {
    return parse(text, { delimiter, skip_empty_lines: true, relax_column_count: true, trim: true });
  } catch (cause) {
    throw new SemmaeError({ where: path, requirement: 'must be a table of images (RFC 4180)', got: cause, cause });
  }
}

function fromTable(path: string, rows: readonly (readonly string[])[]): ListedImage[] {
  const head = rows[0]?.map((name) => name.toLowerCase()) ?? [];
  const columnOf = (holds: keyof ListedImage) => head.findIndex((name) => columnNames[holds].includes(name));
  const hasNames = columnOf('file') >= 0;
  const [file, label, mask] = hasNames ? [columnOf('file'), columnOf('label'), columnOf('mask')] : [0, 1, 2];
  return (hasNames ? rows.slice(1) : rows).map((row, index) => {
    const line = index + (hasNames ? 2 : 1);
    return listed(`${path}, line ${line}`, { file: row[file!], label: row[label!], mask: row[mask!] });
  });
}

function fromObjects(path: string, text: string): ListedImage[] {
  return text.split('\n').flatMap((line, index) => {
    if (line.trim() === '') return [];
    const where = `${path}, line ${index + 1}`;
    let value: Record<string, unknown>;
    try {
      value = JSON.parse(line) as Record<string, unknown>;
    } catch (cause) {
      throw new SemmaeError({ where, requirement: 'must be an object as JSON', got: line.slice(0, 60), cause });
    }
    const textOf = (holds: keyof ListedImage) => {
      const found = columnNames[holds].map((name) => value?.[name]).find((one) => one !== undefined && one !== null);
      return found === undefined ? undefined : String(found);
    };
    return listed(where, { file: textOf('file'), label: textOf('label'), mask: textOf('mask') });
  });
}

function listed(
  where: string,
  { file, label, mask }: { [Key in keyof ListedImage]?: string | undefined },
): ListedImage {
  if (file) return { file, label: label || undefined, mask: mask || undefined };
  const remedy = `call the column of paths ${columnNames.file.slice(0, 3).join(', ')} or put it first`;
  throw new SemmaeError({ where, requirement: 'must name an image', got: 'none', remedy });
}
