// The program of a page: decodes files in the browser and posts to the server what came of it. Bundled by the test.

import {
  type ImageForm,
  type ImageSource,
  imageDataset,
  iterableSource,
  openAddresses,
  openFileList,
  openParquetSource,
  UnreadableImage,
} from '../../browser';

/** What the server asks for: files by name, and the form to bring each to. */
export interface PageTasks {
  images: { name: string; form: ImageForm }[];
  labels: { name: string; form: ImageForm; height: number; width: number }[];
  /** Paths of files of a folder that is chosen. */
  folder: string[];
}

export interface DecodedOnPage {
  height: number;
  width: number;
  channels: number;
  pixels: number[];
  parts?: number[];
}

export interface PageReport {
  images: (DecodedOnPage | { kind: string; reason: string })[];
  labels: (DecodedOnPage | { kind: string; reason: string })[];
  folder: { ids: string[]; labels: (number | undefined)[]; classNames: readonly string[]; leftOut: string; text: string };
  parquet: { ids: string[]; labels: (number | undefined)[]; first: DecodedOnPage }[];
  addresses: { ids: string[]; missing: string };
  spooled: number[];
}

declare const location: { href: string };

const bytesAt = async (path: string) => new Uint8Array(await (await fetch(path)).arrayBuffer());
const everyIndex = ({ length }: ImageSource) => Array.from({ length }, (_, index) => index);

async function decoded(source: ImageSource, index: number, form: ImageForm = {}) {
  try {
    const { height, width, channels, pixels, parts } = await imageDataset(source, form).get(index);
    return { height, width, channels, pixels: [...pixels], ...(parts && { parts: [...parts] }) };
  } catch (error) {
    if (!UnreadableImage.isInstance(error)) throw error;
    return { kind: error.kind, reason: error.reason };
  }
}

async function described(source: ImageSource) {
  const indices = everyIndex(source);
  const first = (await decoded(source, 0)) as DecodedOnPage;
  return { ids: indices.map(source.idAt), labels: indices.map((index) => source.labelAt?.(index)), first };
}

async function report({ images, labels, folder }: PageTasks): Promise<PageReport> {
  const addresses = openAddresses(images.map(({ name }) => `images/${encodeURIComponent(name)}`));
  const labelSource = await iterableSource(
    (async function* () {
      for (const { name, height, width } of labels) {
        const image = { height, width, channels: 3, pixels: new Uint8Array(3 * height * width) };
        yield { image, mask: await bytesAt(`labels/${encodeURIComponent(name)}`) };
      }
    })(),
    { memoryBytes: 0 },
  );
  const spooled = await Promise.all(everyIndex(labelSource).map((index) => labelSource.read(index)));
  const files = openFileList(folder.map((path) => ({ file: new File([path], path.split('/').at(-1)!), path })));
  const tables = ['two-labels.parquet', 'with-masks.parquet'].map((name) => new URL(`tables/${name}`, location.href));
  const chosen = new File([await bytesAt('tables/with-masks.parquet')], 'chosen.parquet');
  const gone = openAddresses(['images/none.png?x=1']);
  return {
    images: await Promise.all(images.map(({ form }, index) => decoded(addresses, index, form))),
    labels: await Promise.all(labels.map(({ form }, index) => decoded(labelSource, index, form))),
    folder: {
      ids: everyIndex(files).map(files.idAt),
      labels: everyIndex(files).map((index) => files.labelAt!(index)),
      classNames: files.classNames ?? [],
      leftOut: files.leftOut!.summary(),
      text: new TextDecoder().decode((await files.read(1)).image as Uint8Array),
    },
    parquet: await Promise.all([
      openParquetSource([tables[0]!], { label: 'fine_label' }).then(described),
      openParquetSource([chosen]).then(described),
      openParquetSource([tables[1]!, chosen]).then(described),
    ]),
    addresses: { ids: everyIndex(addresses).map(addresses.idAt), missing: ((await decoded(gone, 0)) as { kind: string }).kind },
    spooled: spooled.map(({ mask }) => (mask as Uint8Array).length),
  };
}

async function answer(): Promise<unknown> {
  try {
    return await report((await (await fetch('tasks')).json()) as PageTasks);
  } catch (error) {
    return { error: (error as Error).stack };
  }
}

await fetch('answer', { method: 'POST', body: JSON.stringify(await answer()) });
