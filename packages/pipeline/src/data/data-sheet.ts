// A contact sheet of a data set: whole images, small, and their masks.

import { resolve } from 'node:path';

import { type ImageForm, type ImageSource, imageDataset, imageFacts } from '@semmae/data';
import {
  contactSheet,
  type Picture,
  partPicture,
  pixelPicture,
  selectBands,
  shownBands,
  writePng,
} from '@semmae/report';

import { evenIndices } from '../batches/open-data';

/** Longest side of a picture. */
const side = 112;
const columns = 8;
/** Rows of a data set without classes; as many classes have a row each. */
const mostRows = 12;

interface Row {
  caption: string;
  indices: readonly number[];
}

/** An image and its mask; null where they are missing or cannot be read. */
interface Cell {
  image: Picture | null;
  mask: Picture | null;
}

/**
 * A row for each class, or for each stretch of the data set where there are no classes or more than twelve: eight images, evenly spaced.
 * Masks lie right of their images. What cannot be read leaves an empty cell. Gives the absolute path.
 */
export async function writeDataSheet(out: string, source: ImageSource, rules: ImageForm): Promise<string> {
  const rows: { caption: string; cells: Cell[] }[] = [];
  for (const { caption, indices } of rowsOf(source)) {
    rows.push({ caption, cells: await Promise.all(indices.map((index) => cellOf(source, index, rules))) });
  }
  const hasMasks = rows.some(({ cells }) => cells.some(({ mask }) => mask !== null));
  const picturesOf = ({ cells }: { cells: Cell[] }) => {
    const padded = Array.from({ length: columns }, (_, place) => cells[place] ?? { image: null, mask: null });
    return padded.flatMap(({ image, mask }) => (hasMasks ? [image, mask] : [image]));
  };
  const path = resolve(out);
  const sheet = await contactSheet({ rows: rows.map(picturesOf), rowCaptions: rows.map(({ caption }) => caption) });
  await writePng(path, sheet);
  return path;
}

function rowsOf(source: ImageSource): Row[] {
  const { length, classNames = [] } = source;
  if (source.labelAt === undefined || classNames.length === 0 || classNames.length > mostRows) {
    const indices = evenIndices(length, columns * mostRows);
    return Array.from({ length: Math.ceil(indices.length / columns) }, (_, row) => {
      const chosen = indices.slice(row * columns, (row + 1) * columns);
      return { caption: source.idAt(chosen[0]!), indices: chosen };
    });
  }
  const members = classNames.map((): number[] => []);
  for (let index = 0; index < length; index++) members[source.labelAt(index) ?? -1]?.push(index);
  const rows = members.map((all, label) => ({
    caption: classNames[label]!,
    indices: evenIndices(all.length, columns).map((place) => all[place]!),
  }));
  return rows.filter(({ indices }) => indices.length > 0);
}

async function cellOf(source: ImageSource, index: number, rules: ImageForm): Promise<Cell> {
  try {
    const { height, width } = await imageFacts((await source.read(index)).image);
    const scale = Math.min(1, side / Math.max(height, width));
    const imageSize = {
      height: Math.max(1, Math.round(scale * height)),
      width: Math.max(1, Math.round(scale * width)),
    };
    const small = imageDataset(source, { ...rules, imageSize }, { maxUnreadable: 1, cacheBytes: 0 });
    const { channels, pixels, parts } = await small.get(index);
    const image = pixelPicture({ ...imageSize, pixels: selectBands(pixels, channels, shownBands(channels)) });
    return { image, mask: parts === undefined ? null : partPicture({ ...imageSize, labels: parts, image }) };
  } catch {
    return { image: null, mask: null }; // counted where images are examined
  }
}
