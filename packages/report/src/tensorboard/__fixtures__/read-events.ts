// Reads event files back with the protobuf wire reader: message by message into plain objects.

import { BinaryReader } from '@bufbuild/protobuf/wire';

import { readRecords } from './read-records';

export interface EventRead {
  wallTime: number;
  step: number;
  fileVersion?: string;
  /** Status of the session log. */
  session?: number;
  tag?: string;
  scalar?: number;
  image?: { height: number; width: number; colorspace: number; png: Uint8Array };
  plugin?: string;
  strings?: string[];
}

export function readEvents(bytes: Uint8Array): EventRead[] {
  return readRecords(bytes).records.map(readEvent);
}

function readEvent(bytes: Uint8Array): EventRead {
  const event: EventRead = { wallTime: Number.NaN, step: 0 };
  eachField(bytes, (field, reader) => {
    if (field === 1) event.wallTime = reader.double();
    else if (field === 2) event.step = Number(reader.int64());
    else if (field === 3) event.fileVersion = reader.string();
    else if (field === 5) eachField(reader.bytes(), (_, summary) => readValue(event, summary.bytes()));
    else if (field === 7)
      eachField(reader.bytes(), (_, log) => {
        event.session = log.int32();
      });
    else throw new Error(`event: unknown field ${field}`);
  });
  return event;
}

function readValue(event: EventRead, bytes: Uint8Array): void {
  eachField(bytes, (field, reader) => {
    if (field === 1) event.tag = reader.string();
    else if (field === 2) event.scalar = reader.float();
    else if (field === 4) event.image = readImage(reader.bytes());
    else if (field === 8) event.strings = readStrings(reader.bytes());
    else if (field === 9)
      eachField(reader.bytes(), (_, metadata) =>
        eachField(metadata.bytes(), (_, plugin) => {
          event.plugin = plugin.string();
        }),
      );
    else throw new Error(`value: unknown field ${field}`);
  });
}

function readImage(bytes: Uint8Array): NonNullable<EventRead['image']> {
  const image = { height: 0, width: 0, colorspace: 0, png: new Uint8Array() as Uint8Array };
  eachField(bytes, (field, reader) => {
    if (field === 1) image.height = reader.int32();
    else if (field === 2) image.width = reader.int32();
    else if (field === 3) image.colorspace = reader.int32();
    else image.png = reader.bytes();
  });
  return image;
}

function readStrings(bytes: Uint8Array): string[] {
  const strings: string[] = [];
  eachField(bytes, (field, reader, wireType) => {
    if (field === 8) strings.push(reader.string());
    else reader.skip(wireType);
  });
  return strings;
}

function eachField(bytes: Uint8Array, read: (field: number, reader: BinaryReader, wireType: number) => void): void {
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const [field, wireType] = reader.tag();
    read(field, reader, wireType);
  }
}
