// What a data set is, as lines of text.

import type { DataDescription, FileKind, LeftOutDescription, MaskDescription, SideDescription } from '@semmae/pipeline';

import { withFlags } from '../terminal/flags';
import { wrapped } from '../terminal/wrapped';

type Fact = [title: string, text: string];

const titleWidth = 12;
/** Of classes, part ids, kinds of files. */
const mostListed = 12;
/** Paths that are named of each kind of what is left out. */
const mostPaths = 3;

/** Facts, one a line or a paragraph; what there is nothing to say about is left out. */
export function dataTable(description: DataDescription, columns = process.stdout.columns ?? 80): string {
  const facts = factsOf(description);
  return facts
    .flatMap(([title, text]) => wrapped(text, { columns, title: `${title.padEnd(titleWidth - 1)} ` }))
    .join('\n');
}

function factsOf(description: DataDescription): Fact[] {
  const { data, kind, images, shards, sizes, files, turned, masks, examined, leftOut, unreadable } = description;
  const inShards = shards === undefined ? '' : ` in ${counted(shards, 'shard')}`;
  return [
    ['data', data],
    ['is', `${kind}: ${counted(images, 'image')}${inShards}`],
    ...classFacts(description),
    ...leftOut.map((one): Fact => ['left out', leftOutText(one)]),
    ['examined', examinedText(examined, images)],
    ...(sizes === undefined
      ? []
      : [['height', sideText(sizes.height)] as Fact, ['width', sideText(sizes.width)] as Fact]),
    ...(sizes === undefined
      ? []
      : [['sizes', sizes.different === 1 ? 'all alike' : `${number(sizes.different)} different`] as Fact]),
    ...listed(files.map((file, place): Fact => [place === 0 ? 'files' : '', fileText(file)])),
    ...Object.entries(turned).map(
      ([tag, count]): Fact => ['turned', `${counted(count, 'image')} by EXIF orientation ${tag}`],
    ),
    ...(masks === undefined ? [] : maskFacts(masks)),
    ...unreadable.map((one): Fact => ['unreadable', leftOutText(one)]),
  ];
}

function classFacts({ classes, unlabeled, labelsOf, images }: DataDescription): Fact[] {
  const where = labelsOf === 'all' ? '' : ' of the examined images';
  if (classes === undefined) return [['classes', labelsOf === 'all' || images === 0 ? 'none' : `none${where}`]];
  const counts = classes.map((one) => one.images);
  const spread =
    Math.min(...counts) === Math.max(...counts)
      ? number(counts[0]!)
      : `${number(Math.min(...counts))} to ${number(Math.max(...counts))}`;
  const named = classes.slice(0, mostListed).map(({ name, images: count }) => `${name} ${number(count)}`);
  const more = classes.length > mostListed ? [`… (${classes.length - mostListed} more; --json has all)`] : [];
  return [
    ['classes', `${number(classes.length)} of ${spread} images each${where}`],
    ['', [...named, ...more].join(', ')],
    ...(unlabeled > 0 ? [['unlabeled', `${counted(unlabeled, 'image')}${where}`] as Fact] : []),
  ];
}

function examinedText({ images, decoded }: DataDescription['examined'], all: number): string {
  const how = decoded ? 'decoded' : 'headers and label files, not decoded';
  if (images === all) return `all of them, ${how}`;
  return `${number(images)} of ${number(all)} images, evenly spaced, ${how}; what follows is about them (--sample all)`;
}

function sideText({ least, median, most }: SideDescription): string {
  return least === most ? `${least} pixels` : `${least} to ${most} pixels, median ${median}`;
}

function fileText({ format, bands, colors, alpha, depth, profile, images, values }: FileKind): string {
  const color = colors === undefined ? 'colors not said' : `${colors}${alpha ? ' and alpha' : ''}`;
  return `${number(images)} ${format}, ${counted(bands, 'channel')}, ${color}, ${depth}${profile ? ', color profile' : ''}${values === undefined ? '' : spanText(values)}`;
}

function spanText({ least, most, notFinite }: NonNullable<FileKind['values']>): string {
  const invalid = notFinite === 0 ? '' : `, and ${number(notFinite)} NaN or infinite ones`;
  return `, values ${rounded(least)} to ${rounded(most)}${invalid}`;
}

function maskFacts({ images, unreadable, without, ids, labeledShare, sizesThatDisagree }: MaskDescription): Fact[] {
  const counts = [
    `${counted(images, 'image')} with one`,
    ...(unreadable > 0 ? [`${number(unreadable)} with one that cannot be read`] : []),
    ...(without > 0 ? [`${number(without)} without`] : []),
  ];
  const { count, examples } = sizesThatDisagree;
  return [
    ['masks', counts.join(', ')],
    ...(images > 0 ? [['labeled', `${percent(labeledShare)} of their pixels`] as Fact, idFact(ids)] : []),
    ...(count > 0
      ? [['', `${number(count)} of another size than the image: ${examples.slice(0, mostPaths).join('; ')}`] as Fact]
      : []),
  ];
}

function idFact(ids: MaskDescription['ids']): Fact {
  const named = ids.slice(0, mostListed).map(({ id, name, share, images }) => {
    return `${id}${name === undefined ? '' : ` ${name}`} ${percent(share)} (${number(images)})`;
  });
  const more = ids.length > mostListed ? [`… (${ids.length - mostListed} more; --json has all)`] : [];
  return ['part ids', `${number(ids.length)}; share of pixels (masks): ${[...named, ...more].join(', ')}`];
}

/** `truncated (3): cat/7, cat/8 (the file ends too early) and 1 more`. */
function leftOutText({ kind, count, examples }: LeftOutDescription): string {
  const shown = examples.slice(0, mostPaths);
  const reasons = new Map<string | undefined, string[]>();
  for (const { path, reason } of shown) reasons.set(reason, [...(reasons.get(reason) ?? []), path]);
  const groups = Array.from(
    reasons,
    ([reason, paths]) => paths.join(', ') + (reason === undefined ? '' : ` (${reason})`),
  );
  const more = count > shown.length ? ` and ${number(count - shown.length)} more` : '';
  return withFlags(`${kind} (${number(count)}): ${groups.join(', ')}${more}`);
}

function listed(facts: Fact[]): Fact[] {
  const more = facts.length - mostListed;
  return more <= 0 ? facts : [...facts.slice(0, mostListed), ['', `… (${more} more kinds; --json has all)`]];
}

function counted(count: number, noun: string): string {
  return `${number(count)} ${noun}${count === 1 ? '' : 's'}`;
}

function number(value: number): string {
  return value.toLocaleString('en');
}

function rounded(value: number): string {
  return String(Number(value.toPrecision(6)));
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)}%`;
}
