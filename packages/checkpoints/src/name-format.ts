// Says what a file is that is none of ours.

interface Format {
  got: string;
  remedy: string;
}

const [unpack, numpy, original, torch] = [
  'unpack it first',
  'save its variables with numpy.savez',
  'take the file of weights that it was made from',
  'load it in Python, and save it with torch.save',
];

const onnx: Format = { got: 'an ONNX model', remedy: original };
const compressed: Format = { got: 'a compressed archive', remedy: unpack };

/** What files have at a certain byte; a dot stands for any character. */
const magics: readonly [at: number, magic: string, format: Format][] = [
  [0, '\x89HDF\r\n\x1a\n', { got: 'an HDF5 file, such as Keras writes', remedy: numpy }],
  [0, 'GGUF', { got: 'a GGUF file', remedy: original }],
  [4, 'TFL3', { got: 'a TensorFlow Lite model', remedy: original }],
  [0, '\x1f\x8b', compressed],
  [0, 'BZh', compressed],
  [0, '\xfd7zXZ', compressed],
  [0, '\x28\xb5\x2f\xfd', compressed],
  [0, '7z\xbc\xaf', compressed],
  [0, 'Rar!', compressed],
  [257, 'ustar', { got: 'a tar archive', remedy: `${unpack}; where the first PyTorch wrote it, ${torch}` }],
  [0, '\x80', { got: 'a pickle that torch.save did not write', remedy: torch }],
];

/** The words that text begins with. */
const words: readonly [begins: RegExp, format: Format][] = [
  [/^(\xef\xbb\xbf)?\s*<(!doctype html|html|head|body)/i, { got: 'an HTML page', remedy: 'download the file itself' }],
  [/^(\xef\xbb\xbf)?\s*<\?xml/i, { got: 'an XML document, maybe the error of a server', remedy: 'download it anew' }],
];

/** By the name, where the bytes say nothing. */
const endings: readonly [ends: RegExp, format: Format][] = [
  [/\.(index|meta|data-\d+-of-\d+)$/, { got: 'a part of a TensorFlow checkpoint', remedy: numpy }],
  [/\.pb$/, { got: 'a graph of TensorFlow', remedy: numpy }],
  [/\.onnx$/, onnx],
  [/\.msgpack$/, { got: 'weights of Flax', remedy: original }],
];

/** What a file is that is often taken for weights, and what to do then; undefined for anything else. `head` is its first 512 bytes. */
export function nameFormat(name: string, head: Uint8Array): Format | undefined {
  const text = String.fromCharCode(...head);
  if (text === '') return { got: 'an empty file', remedy: 'download or copy it anew' };
  if (text.startsWith('version https://git-lfs.github.com/')) {
    const [, digest = 'its content'] = /^oid (\S+)$/m.exec(text) ?? [];
    const [, size = '?'] = /^size (\d+)$/m.exec(text) ?? [];
    return { got: `a pointer to ${digest} of ${size} bytes`, remedy: 'fetch it with git lfs pull' };
  }
  const known =
    magics.find(([at, magic]) => text.startsWith(magic, at))?.[2] ?? words.find(([begins]) => begins.test(text))?.[1];
  if (known !== undefined) return known;
  return isOnnx(head) ? onnx : endings.find(([ends]) => ends.test(name))?.[1];
}

/** Field 1 of the message, which is a small version, and behind it another field of text, numbers or messages. */
function isOnnx([first, version = 0, second = 0]: Uint8Array): boolean {
  return first === 0x08 && version > 0 && version < 0x20 && [0x12, 0x1a, 0x22, 0x2a, 0x32, 0x3a, 0x42].includes(second);
}
