// Writes a safetensors file tensor by tensor: u64 header length, JSON header, raw little-endian values.

import { createHash } from 'node:crypto';

import { SemmaeError } from '@semmae/core';
import { replaceFile } from '@semmae/core/files';
import { byteLengthOf, type TensorType } from '../tensors/tensor-types';
import { blankChecksum, checksumPlace } from './checksum';

const writtenAtOnce = 64 * 2 ** 20;

export interface TensorToWrite {
  dtype: TensorType;
  shape: readonly number[];
  /** Asked for when it is the tensor's turn, so that only one is in memory: its values, or its bytes in pieces. */
  values: () => ArrayBufferView | Promise<ArrayBufferView> | AsyncIterable<Uint8Array>;
}

export interface WriteSafetensorsOptions {
  /** Free text by key. */
  metadata?: Readonly<Record<string, string>>;
  /** Whether the metadata get an entry `sha256`: that of the whole file while the digits of this entry are zeros. Default false. */
  checksum?: boolean;
  /** Runs when the new file is complete beside `path`, before it is put in place. */
  beforeReplacing?: () => Promise<void>;
}

/**
 * Puts the file in place whole or not at all. Gives its SHA-256 as `checksum` has it.
 *
 * Throws a SemmaeError when values do not fill their shape, or are float32 and not finite; what the file system says is passed on.
 *
 * Reference: https://huggingface.co/docs/safetensors
 */
export async function writeSafetensors(
  path: string,
  tensors: ReadonlyMap<string, TensorToWrite>,
  { metadata = {}, checksum = false, beforeReplacing }: WriteSafetensorsOptions = {},
): Promise<string> {
  const texts = Object.entries(metadata).filter(([key]) => !checksum || key !== 'sha256');
  if (checksum) texts.unshift(['sha256', blankChecksum]);
  const header = encodeHeader(path, tensors, texts);
  let sha256 = '';
  await replaceFile(
    path,
    async (file) => {
      const hash = createHash('sha256').update(header);
      await file.appendFile(header);
      for (const [name, tensor] of tensors) {
        let left = byteLengthOf(tensor.dtype, tensor.shape);
        for await (const bytes of piecesOf(path, name, tensor)) {
          hash.update(bytes);
          await file.appendFile(bytes);
          left -= bytes.byteLength;
        }
        if (left === 0) continue;
        const requirement = `${name} must fill ${tensor.dtype} [${tensor.shape.join(', ')}]`;
        throw new SemmaeError({
          where: path,
          requirement,
          got: `${Math.abs(left)} bytes too ${left > 0 ? 'few' : 'many'}`,
        });
      }
      sha256 = hash.digest('hex');
      if (checksum) await file.write(sha256, 8 + checksumPlace);
    },
    beforeReplacing,
  );
  return sha256;
}

function encodeHeader(
  path: string,
  tensors: ReadonlyMap<string, TensorToWrite>,
  texts: readonly [key: string, text: string][],
): Buffer {
  let offset = 0;
  const entries = [...tensors].map(([name, { dtype, shape }]) => {
    const begin = offset;
    offset += byteLengthOf(dtype, shape);
    return [name, JSON.stringify({ dtype, shape, data_offsets: [begin, offset] })] as const;
  });
  if (tensors.has('__metadata__')) {
    throw new SemmaeError({ where: path, requirement: 'tensors must have names of their own', got: '__metadata__' });
  }
  const json = jsonOf([['__metadata__', jsonOf(texts.map(([key, text]) => [key, JSON.stringify(text)]))], ...entries]);
  const length = Math.ceil(Buffer.byteLength(json) / 8) * 8; // safetensors aligns the values to 8 bytes
  const encoded = Buffer.alloc(8 + length, ' ');
  encoded.writeBigUInt64LE(BigInt(length));
  encoded.write(json, 8);
  return encoded;
}

/** JSON.stringify would put names like `0` before all others, and the checksum has its place. */
function jsonOf(entries: readonly (readonly [key: string, json: string])[]): string {
  return `{${entries.map(([key, json]) => `${JSON.stringify(key)}:${json}`).join()}}`;
}

async function* piecesOf(path: string, name: string, { values }: TensorToWrite): AsyncGenerator<Uint8Array> {
  const given = values();
  if (Symbol.asyncIterator in given) return yield* given;
  const { buffer, byteOffset, byteLength } = assertFinite(path, name, await given);
  for (let start = 0; start < byteLength; start += writtenAtOnce) {
    yield new Uint8Array(buffer, byteOffset + start, Math.min(writtenAtOnce, byteLength - start));
  }
}

/** A file is what one returns to when something went wrong, so it must not hold the wreck. */
function assertFinite(path: string, name: string, values: ArrayBufferView): ArrayBufferView {
  const wrong = values instanceof Float32Array ? values.find((value) => !Number.isFinite(value)) : undefined;
  if (wrong === undefined) return values;
  throw new SemmaeError({
    where: path,
    requirement: `${name} must be finite to be saved`,
    got: wrong,
    remedy: 'nothing was replaced; where this comes from training, lower the learning rate or clip gradients',
  });
}
