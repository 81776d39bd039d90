// The protobuf messages of TensorBoard's event files, as far as we write them.
//
// Field numbers: https://github.com/tensorflow/tensorboard/tree/master/tensorboard/compat/proto, event.proto, summary.proto,
// tensor.proto and tensor_shape.proto.

import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';

export interface EventMoment {
  /** Seconds since 1970. */
  readonly wallTime: number;
  /** From 0. */
  readonly step: number;
}

export interface EncodedImage {
  readonly height: number;
  readonly width: number;
  /** A PNG file. */
  readonly png: Uint8Array;
}

/** The first record of every file. Version 2: a session log, not a step out of order, says that a run was resumed. */
export function versionEvent(wallTime: number): Uint8Array {
  return event({ wallTime, step: 0 }).tag(3, WireType.LengthDelimited).string('brain.Event:2').finish();
}

/** Says that the run starts again: what was recorded before for this step and later ones no longer counts. */
export function restartEvent(moment: EventMoment): Uint8Array {
  const start = 1; // SessionLog.START
  return message(event(moment), 7, (log) => log.tag(1, WireType.Varint).int32(start)).finish();
}

export function scalarEvent(moment: EventMoment, tag: string, value: number): Uint8Array {
  return summaryEvent(moment, tag, (entry) => entry.tag(2, WireType.Bit32).float(Math.fround(value)));
}

export function imageEvent(moment: EventMoment, tag: string, { height, width, png }: EncodedImage): Uint8Array {
  return summaryEvent(moment, tag, (entry) =>
    message(entry, 4, (image) =>
      image
        .tag(1, WireType.Varint)
        .int32(height)
        .tag(2, WireType.Varint)
        .int32(width)
        .tag(3, WireType.Varint)
        .int32(3) // colorspace: RGB
        .tag(4, WireType.LengthDelimited)
        .bytes(png),
    ),
  );
}

/** Text is a tensor [1] of strings for the plugin `text`. */
export function textEvent(moment: EventMoment, tag: string, text: string): Uint8Array {
  return summaryEvent(moment, tag, (entry) => {
    message(entry, 8, (tensor) => {
      tensor.tag(1, WireType.Varint).int32(7); // DT_STRING
      message(tensor, 2, (shape) => message(shape, 2, (dimension) => dimension.tag(1, WireType.Varint).int64(1)));
      return tensor.tag(8, WireType.LengthDelimited).string(text);
    });
    return message(entry, 9, (metadata) =>
      message(metadata, 1, (plugin) => plugin.tag(1, WireType.LengthDelimited).string('text')),
    );
  });
}

function event({ wallTime, step }: EventMoment): BinaryWriter {
  const writer = new BinaryWriter().tag(1, WireType.Bit64).double(wallTime);
  return step === 0 ? writer : writer.tag(2, WireType.Varint).int64(step);
}

/** An event whose summary holds one value, of which `fill` writes all but the tag. */
function summaryEvent(moment: EventMoment, tag: string, fill: (value: BinaryWriter) => BinaryWriter): Uint8Array {
  return message(event(moment), 5, (summary) =>
    message(summary, 1, (value) => fill(value.tag(1, WireType.LengthDelimited).string(tag))),
  ).finish();
}

/** Field `number` of `outer`, a message that `fill` writes. */
function message(outer: BinaryWriter, number: number, fill: (inner: BinaryWriter) => BinaryWriter): BinaryWriter {
  return fill(outer.tag(number, WireType.LengthDelimited).fork()).join();
}
