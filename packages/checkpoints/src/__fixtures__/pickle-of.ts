// Pickles that say what a test wants, instruction by instruction.

/** A character stands for its code: `pickleOf('}', text('a'), 'K\x05', 's')` is `{'a': 5}`. */
export function pickleOf(...parts: string[]): Uint8Array {
  return Buffer.from(`\x80\x02${parts.join('')}.`, 'latin1');
}

export function text(value: string): string {
  return `X${uint32(value.length)}${value}`;
}

export function integer(value: number): string {
  if (value < 0 || value > 2 ** 31 - 1) return `I${value}\n`;
  return `J${uint32(value)}`;
}

export function tuple(...parts: string[]): string {
  return `(${parts.join('')}t`;
}

export function list(...parts: string[]): string {
  return `](${parts.join('')}e`;
}

export function dictionary(items: Record<string, string>): string {
  return `}(${Object.entries(items)
    .map(([key, value]) => text(key) + value)
    .join('')}u`;
}

export interface TensorToPickle {
  shape: readonly number[];
  strides?: readonly number[];
  offset?: number;
  /** Values of the storage. */
  size?: number;
  key?: string;
  storage?: string;
}

export function tensor({ shape, strides, offset = 0, size = 6, key = '0', storage = 'FloatStorage' }: TensorToPickle): string {
  const steps = strides ?? shape.map((_, axis) => shape.slice(axis + 1).reduce((product, extent) => product * extent, 1));
  const reference = tuple(text('storage'), `ctorch\n${storage}\n`, text(key), text('cpu'), integer(size));
  const view = integer(offset) + tuple(...shape.map(integer)) + tuple(...steps.map(integer));
  return `ctorch._utils\n_rebuild_tensor_v2\n(${reference}Q${view}\x89}tR`;
}

function uint32(value: number): string {
  return String.fromCharCode(value & 0xff, (value >>> 8) & 0xff, (value >>> 16) & 0xff, value >>> 24);
}
