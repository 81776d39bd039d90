// What a data set is: kind, classes, sizes, depths, masks, and what is left out of it.

import { assertInteger } from '@semmae/core';
import {
  decodeLabels,
  type ImageFacts,
  type ImageSource,
  imageDataset,
  imageFacts,
  type LeftOut,
  leftOut,
  openImage,
  type RawLabels,
  sourceKind,
  storedSpan,
  type UnreadableImage,
  unreadableImage,
  type ValueSpan,
} from '@semmae/data';

import { type DataOptions, evenIndices, imageRules, openDataSource } from '../batches/open-data';
import { Interrupted } from '../runs/interrupted';
import type { StageOptions } from '../runs/stage-options';
import type { DataDescription, LeftOutDescription } from './data-description';
import { writeDataSheet } from './data-sheet';
import { imageCensus } from './image-census';
import { maskCensus } from './mask-census';

export interface InspectDataOptions
  extends Omit<DataOptions, 'data' | 'heldOut' | 'unreadable' | 'maxUnreadable'>,
    Pick<StageOptions, 'signal' | 'onProgress' | 'onWarning'> {
  /** What to look at, as in every stage. */
  data: string;
  /** Images to examine, evenly spaced over the data set, or all of them. Default 1000. */
  sample?: number | 'all';
  /** Whether to decode the examined images, which finds damaged ones. Default false: headers and label files are read. */
  decode?: boolean;
  /** A PNG to write: a contact sheet of the data set. */
  sheet?: string;
}

/** Images that are read at the same time. */
const atATime = 16;

/**
 * Describes the data set: labels of all images where the source knows them without reading, sizes, files and masks of the examined ones.
 * What the options on pixels and labels refuse is counted as unreadable, as a command with these options would find it.
 *
 * Throws a SemmaeError where nothing can be opened.
 */
export async function inspectData(options: InspectDataOptions): Promise<DataDescription> {
  const { data, sample = 1000, decode = false, signal, onProgress, sheet } = options;
  if (sample !== 'all') assertInteger('inspectData', '`sample`', sample);
  const kind = await sourceKind(data);
  const source = await openDataSource(options, undefined, options);
  try {
    const found = leftOutOf(source.leftOut);
    const indices = evenIndices(source.length, sample === 'all' ? source.length : sample);
    const survey = surveyOf(source, options);
    const title = decode ? 'Decoding' : 'Reading headers';
    for (let start = 0; start < indices.length; start += atATime) {
      Interrupted.check(signal);
      const chosen = indices.slice(start, start + atATime);
      const seen = await Promise.all(chosen.map((index) => survey.look(index)));
      for (const [place, one] of seen.entries()) survey.add(chosen[place]!, one);
      onProgress?.({ title, done: start + chosen.length, total: indices.length, unit: 'images' });
    }
    if (sheet !== undefined) await writeDataSheet(sheet, source, imageRules(options));
    return {
      ...{ data, kind, images: source.length },
      ...(source.shardStarts !== undefined && { shards: source.shardStarts.length }),
      ...survey.classes(),
      examined: { images: indices.length, decoded: decode },
      ...survey.describe(),
      ...{ leftOut: found, unreadable: leftOutOf(survey.unreadable) },
    };
  } finally {
    source.close?.();
  }
}

/** What was seen of one image. */
interface Look {
  label?: number | undefined;
  facts?: ImageFacts;
  values?: ValueSpan | undefined;
  /** Undefined where the image could not be read at all. */
  mask?: RawLabels | 'none' | 'unreadable';
  /** Why commands cannot use it. */
  unreadable?: UnreadableImage;
}

function surveyOf(source: ImageSource, options: InspectDataOptions) {
  const rules = imageRules(options);
  const dataset = imageDataset(source, rules, { maxUnreadable: 1, cacheBytes: 0 });
  const [images, masks, unreadable] = [imageCensus(), maskCensus(source.partNames, options.ignoreLabel), leftOut()];
  const examinedLabels: (number | undefined)[] = [];

  async function look(index: number): Promise<Look> {
    const seen: Look = { label: source.labelAt?.(index) };
    const attempt = async (work: () => Promise<void>) => {
      try {
        await work();
      } catch (error) {
        seen.unreadable ??= unreadableImage(source.idAt(index), error);
      }
    };
    await attempt(async () => {
      const { image, mask, label } = await source.read(index);
      seen.label = label ?? seen.label;
      await attempt(async () => {
        seen.facts = await imageFacts(image);
        if (!options.decode) await openImage(image, rules.pixels);
        else if (!/^[1-8] bits?$/.test(seen.facts.depth)) {
          seen.values = await storedSpan(image).catch(() => undefined); // decoding says why
        }
      });
      if (mask === undefined) seen.mask = 'none';
      else {
        seen.mask = 'unreadable';
        await attempt(async () => {
          seen.mask = await decodeLabels(mask, rules.labels, rules.pixels?.pixelLimit);
        });
      }
    });
    if (options.decode) await attempt(async () => void (await dataset.get(index)));
    return seen;
  }

  function add(index: number, { label, facts, values, mask, unreadable: problem }: Look): void {
    const id = source.idAt(index);
    examinedLabels.push(label);
    if (facts !== undefined) images.add(facts, values);
    if (mask === 'none') masks.addWithout();
    else if (mask === 'unreadable') masks.addUnreadable();
    else if (mask !== undefined) masks.add(id, mask, facts);
    if (problem !== undefined) unreadable.add(problem.kind, id, problem.reason);
  }

  function classes(): Pick<DataDescription, 'classes' | 'unlabeled' | 'labelsOf'> {
    const { labelAt, length, classNames } = source;
    const known =
      labelAt === undefined ? examinedLabels : Array.from({ length }, (_, index) => labelAt.call(source, index));
    const counts = new Map<number, number>();
    for (const label of known) if (label !== undefined) counts.set(label, (counts.get(label) ?? 0) + 1);
    const labels = classNames === undefined ? [...counts.keys()].sort((a, b) => a - b) : [...classNames.keys()];
    return {
      ...(labels.length > 0 && {
        classes: labels.map((label) => ({
          name: classNames?.[label] ?? String(label),
          images: counts.get(label) ?? 0,
        })),
      }),
      unlabeled: known.filter((label) => label === undefined).length,
      labelsOf: labelAt === undefined ? 'examined' : 'all',
    };
  }
  return {
    ...{ look, add, classes, unreadable },
    describe: () => ({ ...images.describe(), masks: masks.describe() }),
  };
}

const mostExamples = 10;

function leftOutOf(found: LeftOut | undefined): LeftOutDescription[] {
  return Array.from(found?.counts() ?? [], ([kind, count]) => ({
    ...{ kind, count },
    examples: found!
      .entries()
      .filter((entry) => entry.kind === kind)
      .slice(0, mostExamples)
      .map(({ path, reason }) => ({ path, ...(reason !== undefined && { reason }) })),
  }));
}
