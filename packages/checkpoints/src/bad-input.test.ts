// What people open that is no file of tensors, and files that broke off on their way.

import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { SemmaeError } from '@semmae/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { openTensorFile } from './open-tensor-file';
import { bufferSource } from './sources/blob-source';

const fixtures = fileURLToPath(new URL('../fixtures/containers/', import.meta.url));

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'semmae-bad-input-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function written(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content, 'latin1');
  return path;
}

const tar = `${'name'.padEnd(257, '\0')}ustar\x0000`.padEnd(512, '\0');
const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${'ab'.repeat(32)}\nsize 346293852\n`;

describe('what is no file of tensors', () => {
  it.each<[string, string, RegExp]>([
    [
      'empty.pth',
      '',
      /empty\.pth: must be a file of tensors: safetensors, a checkpoint of PyTorch, \.npz or \.npy, got an empty file; download or copy it anew$/,
    ],
    ['page.pth', '\n<!DOCTYPE html><html>', /got an HTML page; download the file itself$/],
    ['page.bin', '<html lang="en">', /got an HTML page/],
    [
      'error.pth',
      '<?xml version="1.0"?><Error><Code>AccessDenied',
      /got an XML document, maybe the error of a server; download it anew$/,
    ],
    ['lfs.pth', pointer, /got a pointer to sha256:(ab){32} of 346293852 bytes; fetch it with git lfs pull$/],
    ['a.h5', '\x89HDF\r\n\x1a\n....', /got an HDF5 file, such as Keras writes; save its variables with numpy\.savez$/],
    ['a.gguf', 'GGUF\x03\0\0\0', /got a GGUF file; take the file of weights that it was made from$/],
    ['a.tflite', '\x1c\0\0\0TFL3', /got a TensorFlow Lite model/],
    ['a.onnx', '\x08\x08\x12\x07pytorch', /got an ONNX model; take the file of weights/],
    ['old.onnx', 'something', /got an ONNX model/],
    [
      'a.tar',
      tar,
      /got a tar archive; unpack it first; where the first PyTorch wrote it, load it in Python, and save it with torch\.save$/,
    ],
    ['a.pth.gz', '\x1f\x8b\x08\0', /got a compressed archive; unpack it first$/],
    [
      'weights.pkl',
      '\x80\x04\x95\0\0\0\0\0\0\0\0}.',
      /got a pickle that torch\.save did not write; load it in Python, and save it with torch\.save$/,
    ],
    ['saved_model.pb', '\x0a\x05abcde', /got a graph of TensorFlow; save its variables with numpy\.savez$/],
    ['model.ckpt-5.data-00000-of-00001', '\0\0\x80?', /got a part of a TensorFlow checkpoint/],
    ['model.ckpt.index', 'whatever', /got a part of a TensorFlow checkpoint/],
    ['flax_model.msgpack', '\x83\xa6params', /got weights of Flax/],
    ['notes.txt', 'a text, and no weights at all', /got 29 bytes of something else$/],
    [
      'model.json',
      '{"modelTopology":{},"weightsManifest":[]}',
      /must be an index of shards, got a model of TensorFlow\.js$/,
    ],
    [
      'config.json',
      '{"model_type":"vit"}',
      /must be an index of shards, with a weight_map of file names, got JSON without one$/,
    ],
    ['broken.json', '{"weight_map":', /must be JSON, as an index of shards is, got no JSON: /],
    ['deep.index.json', `{"weight_map":${'['.repeat(1e6)}`, /got JSON that nests more than 8 deep$/],
    ['twice.index.json', '{"weight_map":{"a":"x","a":"y"}}', /got JSON with a twice$/],
  ])('%s', async (name, content, message) => {
    const error = await openTensorFile(written(name, content)).catch((cause) => cause);
    expect(error).toSatisfy(SemmaeError.isInstance);
    expect(error.message).toMatch(message);
  });

  it.each<[string, RegExp]>([
    ['script.pt', /got a TorchScript archive; save the state_dict\(\) of its module with torch\.save$/],
    [
      'objects.npy',
      /must be an array of numbers, got one of \|O; save arrays of float32 or another plain type; objects would need Python$/,
    ],
    ['objects.npz', /must have arrays of numbers, got arr_0 of \|O/],
    ['records.npy', /got one of \[\('x', '<f4'\), \('y', '<i4'\)\]/],
    ['complex.npy', /got one of <c8/],
    [
      'eight-bits.safetensors',
      /a must have one of the types F64, F32, .*, BOOL, got F8_E4M3; convert it to F16 first$/,
    ],
  ])('%s, as its program writes it', async (name, message) => {
    await expect(openTensorFile(`${fixtures}${name}`)).rejects.toThrow(message);
  });

  it('an archive of something else', async () => {
    const { zipOf } = await import('./__fixtures__/zip-of');
    const archive = (...names: string[]) => openTensorFile(written('a.zip', zipOf(names.map((name) => ({ name })))));
    await expect(archive('metadata.json', 'config.json', 'model.weights.h5')).rejects.toThrow(
      /got a model of Keras; save its weights/,
    );
    await expect(archive('folder/', 'folder/vit.pth')).rejects.toThrow(
      /got one that holds folder\/vit\.pth; unpack it first$/,
    );
    await expect(archive('a.txt', 'b.txt')).rejects.toThrow(
      /must be a zip archive of PyTorch or NumPy, got one that holds a\.txt, b\.txt$/,
    );
  });

  it('a path that cannot be opened', async () => {
    await expect(openTensorFile(join(folder, 'none'))).rejects.toThrow(/none: must be a readable file, got ENOENT/);
    mkdirSync(join(folder, 'empty'));
    await expect(openTensorFile(join(folder, 'empty'))).rejects.toThrow(
      /must have one of model\.safetensors, .*, got a folder with none of them; name the file itself/,
    );
    mkdirSync(join(folder, 'saved'));
    written('saved/saved_model.pb', '');
    await expect(openTensorFile(join(folder, 'saved'))).rejects.toThrow(
      /got a SavedModel of TensorFlow; name the file itself/,
    );
    await expect(openTensorFile('a\0b')).rejects.toThrow(/must be a readable file/);
  });

  it.skipIf(process.getuid?.() === 0)('a file without permission (skipped for root, who may all)', async () => {
    const path = written('secret.pth', 'x');
    chmodSync(path, 0);
    await expect(openTensorFile(path)).rejects.toThrow(/must be a readable file, got EACCES/);
  });
});

describe('a model in shards', () => {
  const indexOf = (map: Record<string, unknown>, more = {}) =>
    written('a.index.json', JSON.stringify({ ...more, weight_map: map }));

  it.each(['../x', '/etc/passwd', 'a/b', 'a\\b', '..', '.', '', 'C:x', '%2e%2e%2fx', 'a\0', 'http://x', '.hidden'])(
    'names files in its own folder, and not %j',
    async (name) => {
      await expect(openTensorFile(indexOf({ a: name }))).rejects.toThrow(
        /^.*: must name shards in its own folder, got /,
      );
    },
  );

  it('has in them what its index says', async () => {
    const shard = readFileSync(`${fixtures}sharded/model-00001-of-00002.safetensors`);
    written('one.safetensors', shard);
    written('two.safetensors', shard);
    const both = ['blocks.0.weight', 'blocks.1.weight'];
    const map = (...files: string[]) =>
      indexOf(Object.fromEntries(files.map((file, index) => [both[index] ?? `more.${index}`, file])));
    expect((await openTensorFile(map('one.safetensors', 'one.safetensors'))).entries.size).toBe(2);
    await expect(openTensorFile(map('one.safetensors', 'two.safetensors'))).rejects.toThrow(
      /must name the shard of blocks\.1\.weight, which is in one\.safetensors, got two/,
    );
    await expect(openTensorFile(map('one.safetensors'))).rejects.toThrow(
      /must name the shard of blocks\.1\.weight, .*, got no shard$/,
    );
    await expect(openTensorFile(map('one.safetensors', 'one.safetensors', 'one.safetensors'))).rejects.toThrow(
      /must find all of its tensors in one\.safetensors, got no more\.2 there$/,
    );
    await expect(openTensorFile(map('none.safetensors'))).rejects.toThrow(
      /none\.safetensors: must be a readable file, got ENOENT/,
    );
    await expect(openTensorFile(map('a.index.json'))).rejects.toThrow(
      /a\.index\.json: must be a file of tensors: .*, got \d+ bytes of something else$/,
    );
    await expect(openTensorFile(indexOf({}))).rejects.toThrow('with a weight_map of file names');
    await expect(openTensorFile(indexOf({ a: 5 }))).rejects.toThrow('with a weight_map of file names');
    await expect(openTensorFile(indexOf({ a: 'one.safetensors' }, { metadata: [] }))).rejects.toThrow(
      'with a weight_map',
    );
  });

  it('may be links, as in the cache of the hub', async () => {
    mkdirSync(join(folder, 'snapshot'));
    for (const name of [
      'model.safetensors.index.json',
      ...['1', '2'].map((index) => `model-0000${index}-of-00002.safetensors`),
    ]) {
      symlinkSync(`${fixtures}sharded/${name}`, join(folder, 'snapshot', name));
    }
    const file = await openTensorFile(join(folder, 'snapshot'));
    expect(await file.read('blocks.3.weight')).toEqual(new Float32Array(15).fill(1.5));
    file.close();
  });
});

it.each(['zip.pth', 'big-endian.pth', 'legacy.pth', 'arrays.npz', 'version-1.npy', 'types.safetensors'])(
  'is refused in one line wherever %s is cut',
  async (name) => {
    const whole = new Uint8Array(readFileSync(`${fixtures}${name}`));
    const step = Math.ceil(whole.length / 500);
    for (let length = 0; length < whole.length; length += step) {
      const error = await openTensorFile(bufferSource(whole.subarray(0, length), 'cut')).catch((cause) => cause);
      expect([length, SemmaeError.isInstance(error)]).toEqual([length, true]);
      expect(error.message).toMatch(/^cut: [^\n]+, got [^\n]+$/);
    }
  },
);
