// What a data set is, as `inspectData` finds it.

import type { ImageFacts, LeftOutEntry, ValueSpan } from '@semmae/data';

export interface DataDescription {
  /** As it was named. */
  data: string;
  /** What it is: `a folder of images`, `tar shards`. */
  kind: string;
  images: number;
  /** Where the images lie in shards. */
  shards?: number;
  /** In the order of their numbers. */
  classes?: ClassDescription[];
  /** Images that have no label. */
  unlabeled: number;
  /** Whether classes were counted in all images, or in those that were examined. */
  labelsOf: 'all' | 'examined';
  examined: Examined;
  /** Undefined where no header could be read. */
  sizes?: SizeDescription;
  /** Files alike in everything but size, the most frequent first. */
  files: FileKind[];
  /** Images by EXIF orientation, which are read upright. */
  turned: Record<number, number>;
  masks?: MaskDescription;
  /** What opening found and did not take. */
  leftOut: LeftOutDescription[];
  /** Examined images that cannot be read under the options given. */
  unreadable: LeftOutDescription[];
}

export interface Examined {
  /** Evenly spaced over the data set where they are not all. */
  images: number;
  /** Whether they were decoded; else headers and label files were read. */
  decoded: boolean;
}

export interface ClassDescription {
  name: string;
  images: number;
}

/** Upright, in pixels. */
export interface SizeDescription {
  height: SideDescription;
  width: SideDescription;
  /** Different pairs of height and width. */
  different: number;
}

export interface SideDescription {
  least: number;
  median: number;
  most: number;
}

export interface FileKind extends Omit<ImageFacts, 'height' | 'width' | 'orientation'> {
  images: number;
  /** Stored values of files that are no bytes, where they were decoded. */
  values?: ValueSpan;
}

export interface MaskDescription {
  /** Examined images whose mask was read. */
  images: number;
  /** Examined images whose mask cannot be read. */
  unreadable: number;
  /** Examined images that have none. */
  without: number;
  /** Ids in the order of their numbers; 0 is background. */
  ids: MaskIdDescription[];
  /** Share of the pixels with an id other than 0, and not ignored. */
  labeledShare: number;
  /** Masks of another size than their image, at most ten of them. */
  sizesThatDisagree: { count: number; examples: string[] };
}

export interface MaskIdDescription {
  id: number;
  name?: string;
  /** Masks that it occurs in. */
  images: number;
  /** Of the pixels of all masks. */
  share: number;
}

export interface LeftOutDescription {
  kind: string;
  count: number;
  /** At most ten. */
  examples: Omit<LeftOutEntry, 'kind'>[];
}
