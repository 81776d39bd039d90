// Writes an ONNX model, with its weights inside or, where they are too many for one file of the format, beside it.

import { closeSync, openSync, renameSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { basename } from 'node:path';

import { create, toBinary } from '@bufbuild/protobuf';

import { ModelProtoSchema, TensorProto_DataLocation } from '../generated/onnx_pb';
import type { ElementArray } from '../graph/element-type';
import type { UnfilledModel } from './build-model';

/** Weights beside the model begin at multiples of this, so that runtimes can map them into memory. */
const pageSize = 4096;

/** Small constants stay inside: runtimes look at shapes and axes while they load. */
const smallestExternal = 1024;

/** Files are written beside their places and renamed. Returns the path of the weights, if they are apart. */
export function writeModel(
  { model, weights }: UnfilledModel,
  path: string,
  externalDataFrom: number,
): string | undefined {
  const total = weights.reduce((sum, { data }) => sum + data.byteLength, 0);
  const dataPath = total > externalDataFrom ? `${path}.data` : undefined;
  const drafts = [path, ...(dataPath === undefined ? [] : [dataPath])].map((target) => ({
    target,
    draft: `${target}.${process.pid}.draft`,
  }));
  try {
    if (dataPath === undefined) for (const { proto, data } of weights) proto.rawData = bytesOf(data);
    else writeExternalData(weights, basename(dataPath), drafts[1]!.draft);
    const filled = create(ModelProtoSchema, {
      ...model,
      graph: { ...model.graph, initializer: weights.map(({ proto }) => proto) },
    });
    writeFileSync(drafts[0]!.draft, toBinary(ModelProtoSchema, filled));
    for (const { draft, target } of drafts.toReversed()) renameSync(draft, target); // weights first
    return dataPath;
  } finally {
    for (const { draft } of drafts) rmSync(draft, { force: true });
  }
}

function writeExternalData(weights: UnfilledModel['weights'], location: string, path: string): void {
  const file = openSync(path, 'w');
  try {
    let offset = 0;
    for (const { proto, data } of weights) {
      const bytes = bytesOf(data);
      if (bytes.length < smallestExternal) {
        proto.rawData = bytes;
        continue;
      }
      for (let written = 0; written < bytes.length; ) {
        written += writeSync(file, bytes, written, bytes.length - written, offset + written);
      }
      proto.dataLocation = TensorProto_DataLocation.EXTERNAL;
      const entries = { location, offset: `${offset}`, length: `${bytes.length}` };
      proto.externalData = Object.entries(entries).map(([key, value]) => ({
        $typeName: 'onnx.StringStringEntryProto',
        key,
        value,
      }));
      offset = Math.ceil((offset + bytes.length) / pageSize) * pageSize;
    }
  } finally {
    closeSync(file);
  }
}

function bytesOf({ buffer, byteOffset, byteLength }: ElementArray): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
