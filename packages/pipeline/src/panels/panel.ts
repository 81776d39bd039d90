// Pictures in rows and columns, one row an image: on a sheet of its own, in a report, in TensorBoard.

import type { ImageSize, PixelStatistics } from '@semmae/core';
import type { ImageDataset, LabeledImage, View } from '@semmae/data';
import { applyView, centeredView, denormalizePixels, readableSubset } from '@semmae/data';
import { contactSheet, type GallerySection, type Picture, pixelPicture } from '@semmae/report';

import { evenlySpaced } from '../batches/open-data';

/** What a gallery of a report shows; `note` says what is seen. */
export type Panel = Pick<GallerySection, 'columns' | 'rows' | 'note'>;

/** An image as a network sees it: whole but for what exceeds the proportions of its views, at their size. */
export interface PanelImage {
  image: LabeledImage;
  view: View;
  picture: Picture;
  /** Normalized, [H, W, channels]. */
  pixels: Float32Array;
}

export interface PanelPixels {
  /** Of the network. Default: ImageNet's. */
  statistics?: PixelStatistics | undefined;
  /** Which channels pictures show, as `shownBands` takes them. */
  showBands?: readonly number[] | undefined;
}

/** `count` images, evenly spaced over the data set. */
export async function panelImages(
  data: ImageDataset,
  count: number,
  size: ImageSize,
  { statistics: ofNetwork, showBands }: PanelPixels = {},
): Promise<PanelImage[]> {
  const chosen = await readableSubset(evenlySpaced(data, count));
  const images: PanelImage[] = [];
  for (let index = 0; index < chosen.length; index++) {
    const image = await chosen.get(index);
    const { channels } = image;
    const statistics = ofNetwork ?? (channels === 3 ? undefined : plain(channels));
    const view = centeredView(image, size);
    const pixels = applyView(image, view, { ...size, statistics });
    const picture = pixelPicture({ ...size, channels, pixels: denormalizePixels(pixels, statistics) }, showBands);
    images.push({ image, view, pixels, picture });
  }
  return images;
}

/** Pixels as they are, where no network looks at them. */
function plain(channels: number): PixelStatistics {
  const each = Array.from({ length: channels }, (_, channel) => channel);
  return { mean: each.map(() => 0), standardDeviation: each.map(() => 1) };
}

/** One column of a panel: its title and a picture for each image; null leaves a cell empty. */
export interface PanelColumn {
  title: string;
  pictures: readonly (Picture | null)[];
}

export function panelOf(images: readonly PanelImage[], columns: readonly PanelColumn[], note?: string): Panel {
  const all = [{ title: 'image', pictures: images.map(({ picture }) => picture) }, ...columns];
  return {
    columns: all.map(({ title }) => title),
    rows: images.map(({ image }, row) => ({
      caption: shortName(image.id),
      pictures: all.map(({ pictures }) => pictures[row] ?? null),
    })),
    note,
  };
}

/** The panel as one picture; pictures narrower than `leastWidth` are enlarged by a whole factor. */
export function panelSheet({ columns, rows }: Panel, leastWidth = 112): Promise<Picture> {
  const width = rows[0]!.pictures[0]!.width;
  return contactSheet({
    rows: rows.map(({ pictures }) => pictures),
    rowCaptions: rows.map(({ caption }) => caption),
    columnCaptions: columns,
    scale: Math.max(1, Math.ceil(leastWidth / width)),
  });
}

/** The end of a long path. */
function shortName(id: string): string {
  const name = id.split('/').at(-1)!;
  return name.length <= 24 ? name : `…${name.slice(-23)}`;
}
