// The classes of Python itself that checkpoints are made of.

import { isKind, type PickleObject, type PickleValue } from './pickle-values';

const dictionaries = namesOf('collections.OrderedDict collections.defaultdict collections.Counter dict');
const lists = namesOf('list tuple set frozenset collections.deque torch.Size');
const bytes = namesOf('bytes bytearray');

/** Keys and values of a dictionary of any kind; undefined for what is none. */
export function pairsOf(value: PickleValue | undefined): [key: PickleValue, value: PickleValue][] | undefined {
  if (isKind(value, 'dictionary')) return inPairs(value.items);
  if (!isKind(value, 'object') || !dictionaries.has(className(value))) return undefined;
  // OrderedDict([['a', 1], ...]) of Python 2, Counter({'a': 1})
  const given = value.parameters.find((parameter) => isKind(parameter, 'list') || isKind(parameter, 'dictionary'));
  const pairs = isKind(given, 'list')
    ? given.items.map((pair) => (isKind(pair, 'list') ? pair.items : []) as [PickleValue, PickleValue])
    : inPairs(isKind(given, 'dictionary') ? given.items : []);
  return [...pairs.filter(({ length }) => length === 2), ...inPairs(value.items)];
}

/** The items of a list, tuple or set; undefined for what is none. */
export function itemsOf(value: PickleValue): readonly PickleValue[] | undefined {
  if (isKind(value, 'list')) return value.items;
  if (!isKind(value, 'object') || !lists.has(className(value))) return undefined;
  const [given] = value.parameters;
  return [...(isKind(given, 'list') ? given.items : []), ...value.appended];
}

/** What `bytes` are, those included that old protocols write as text; undefined for what is neither. */
export function bytesOf(value: PickleValue | undefined): Uint8Array | undefined {
  if (!isKind(value, 'object') || !bytes.has(className(value))) return plainBytes(value);
  const [first] = value.parameters;
  return first === undefined ? new Uint8Array(0) : plainBytes(first);
}

function plainBytes(value: PickleValue | undefined): Uint8Array | undefined {
  if (value instanceof Uint8Array) return value;
  if (typeof value === 'string') return fromLatin1(value);
  if (!isKind(value, 'object') || className(value) !== '_codecs.encode') return undefined;
  const [text, encoding] = value.parameters;
  return typeof text === 'string' && encoding === 'latin1' ? fromLatin1(text) : undefined;
}

/** The fields of an object by name: of its `__dict__`, its slots, or whatever else its state is. */
export function fieldsOf({ state }: PickleObject): [name: PickleValue, value: PickleValue][] {
  if (state === undefined) return [];
  const parts = isKind(state, 'list') && state.items.length === 2 ? state.items : [state];
  const fields = parts.map((part) => (part === null ? [] : pairsOf(part)));
  return fields.includes(undefined) ? [['state', state]] : fields.flatMap((pairs) => pairs!);
}

/** How much there is to look at in a value itself, without what its items hold. */
export function breadthOf(value: PickleValue): number {
  if (isKind(value, 'list') || isKind(value, 'dictionary')) return value.items.length;
  if (!isKind(value, 'object')) return 0;
  const { parameters, appended, items } = value;
  const given = parameters.reduce<number>(
    (sum, parameter) => sum + (isKind(parameter, 'object') ? 0 : breadthOf(parameter)),
    0,
  );
  return parameters.length + given + appended.length + items.length;
}

export function className({ callee }: PickleObject): string {
  if (isKind(callee, 'global')) return callee.name;
  // PyTorch's old files have the source of a module's class: ('module', class, file, source)
  const [, named] = isKind(callee, 'reference') && isKind(callee.id, 'list') ? callee.id.items : [];
  return isKind(named, 'global') ? named.name : 'an object without a class';
}

function inPairs(items: readonly PickleValue[]): [PickleValue, PickleValue][] {
  return Array.from({ length: items.length / 2 }, (_, index) => [items[2 * index]!, items[2 * index + 1]!]);
}

function fromLatin1(text: string): Uint8Array | undefined {
  const bytes = new Uint8Array(text.length);
  for (let index = 0; index < bytes.length; index++) {
    const code = text.charCodeAt(index);
    if (code > 0xff) return undefined;
    bytes[index] = code;
  }
  return bytes;
}

/** Of builtins under their names in Python 3 and 2. */
function namesOf(names: string): ReadonlySet<string> {
  const all = names.split(' ');
  return new Set(all.flatMap((name) => (name.includes('.') ? [name] : [`builtins.${name}`, `__builtin__.${name}`])));
}
