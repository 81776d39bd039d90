// Reads a pickle of Python without Python, as data.

import { SemmaeError } from '@semmae/core';

import { pickleReader } from './pickle-reader';
import { isKind, type PickleList, type PickleReference, type PickleValue } from './pickle-values';

/** Each makes one value at most. A checkpoint of a ViT with its optimizer has some 50,000. */
const mostInstructions = 2 ** 21;
const newestProtocol = 5;

export interface Unpickled {
  value: PickleValue;
  /** All that is outside of the pickle. */
  references: readonly PickleReference[];
  /** The byte behind the pickle. */
  end: number;
}

/**
 * The value that a pickle of protocol 2 to 5 describes. Objects stay descriptions: a pickle that would run
 * a program in Python is read as the name of the function and its parameters.
 *
 * Memory is at most about 200 bytes for an instruction, of which there may be 2 million. Bytes are views into `bytes`. Values may be
 * shared, and may contain themselves.
 *
 * Throws a SemmaeError for anything that is no such pickle, a PickleEnded where more bytes might be one.
 *
 * Reference: https://docs.python.org/3/library/pickletools.html
 */
export function unpickle(where: string, bytes: Uint8Array): Unpickled {
  const reader = pickleReader(where, bytes);
  const stack: PickleValue[] = [];
  const marks: number[] = [];
  const memo = new Map<number, PickleValue>();
  const references: PickleReference[] = [];

  const pop = (): PickleValue => {
    if (stack.length <= (marks.at(-1) ?? 0)) throw reader.damaged('fewer values than it uses');
    return stack.pop()!;
  };
  const top = (): PickleValue => {
    const value = pop();
    stack.push(value);
    return value;
  };
  const popToMark = (): PickleValue[] => {
    const mark = marks.pop();
    if (mark === undefined) throw reader.damaged('fewer marks than it uses');
    return stack.splice(mark);
  };
  const popTuple = (length: number): PickleList => {
    const items = Array.from({ length }, pop).reverse();
    return { kind: 'list', items };
  };
  const append = (values: PickleValue[]): void => {
    const list = top();
    const items = isKind(list, 'list') ? list.items : isKind(list, 'object') ? list.appended : undefined;
    if (items === undefined) throw reader.damaged('values for a list that is none');
    for (const value of values) items.push(value);
  };
  const setItems = (values: PickleValue[]): void => {
    const dictionary = top();
    const items = isKind(dictionary, 'dictionary') || isKind(dictionary, 'object') ? dictionary.items : undefined;
    if (items === undefined || values.length % 2 !== 0) throw reader.damaged('values for a dictionary that is none');
    for (const value of values) items.push(value);
  };
  const call = (callee: PickleValue, parameters: PickleValue, named?: PickleValue): void => {
    if (!isKind(parameters, 'list')) throw reader.damaged('a call without parameters');
    const all = named === undefined ? parameters.items : [...parameters.items, named];
    stack.push({ kind: 'object', callee, parameters: all, appended: [], items: [] });
  };
  const remembered = (index: number): PickleValue => {
    const value = memo.get(index);
    if (value === undefined) throw reader.damaged(`a reference to value ${index}, which is not there`);
    return value;
  };

  for (let count = 0; count < mostInstructions; count++) {
    const instruction = reader.uint(1);
    switch (String.fromCharCode(instruction)) {
      // the pickle itself
      case '\x80': {
        const protocol = reader.uint(1);
        if (protocol > newestProtocol) throw reader.damaged(`protocol ${protocol}`);
        break;
      }
      case '\x95':
        reader.bytes(8); // the length of a frame
        break;
      case '.':
        return { value: pop(), references, end: reader.position };

      // stack and memo
      case '(':
        marks.push(stack.length);
        break;
      case '0':
        pop();
        break;
      case '1':
        popToMark();
        break;
      case '2':
        stack.push(top());
        break;
      case 'q':
        memo.set(reader.uint(1), top());
        break;
      case 'r':
        memo.set(reader.uint(4), top());
        break;
      case '\x94':
        memo.set(memo.size, top());
        break;
      case 'h':
        stack.push(remembered(reader.uint(1)));
        break;
      case 'j':
        stack.push(remembered(reader.uint(4)));
        break;

      // constants and numbers
      case 'N':
        stack.push(null);
        break;
      case '\x88':
        stack.push(true);
        break;
      case '\x89':
        stack.push(false);
        break;
      case 'K':
        stack.push(reader.uint(1));
        break;
      case 'M':
        stack.push(reader.uint(2));
        break;
      case 'J':
        stack.push(reader.uint(4) | 0);
        break;
      case '\x8a':
        stack.push(reader.integer(reader.uint(1)));
        break;
      case '\x8b':
        stack.push(reader.integer(reader.uint(4)));
        break;
      case 'I':
        stack.push(reader.integerLine({ booleans: true }));
        break;
      case 'L':
        stack.push(reader.integerLine());
        break;
      case 'G':
        stack.push(reader.float());
        break;

      // text and bytes
      case '\x8c':
        stack.push(reader.text(reader.uint(1)));
        break;
      case 'X':
        stack.push(reader.text(reader.uint(4)));
        break;
      case '\x8d':
        stack.push(reader.text(reader.uint(8)));
        break;
      case 'U':
        stack.push(reader.latin1(reader.uint(1)));
        break;
      case 'T':
        stack.push(reader.latin1(reader.uint(4)));
        break;
      case 'C':
        stack.push(reader.bytes(reader.uint(1)));
        break;
      case 'B':
        stack.push(reader.bytes(reader.uint(4)));
        break;
      case '\x8e':
      case '\x96':
        stack.push(reader.bytes(reader.uint(8)));
        break;

      // tuples, lists, sets, dictionaries
      case ')':
      case ']':
      case '\x8f':
        stack.push({ kind: 'list', items: [] });
        break;
      case '\x85':
        stack.push(popTuple(1));
        break;
      case '\x86':
        stack.push(popTuple(2));
        break;
      case '\x87':
        stack.push(popTuple(3));
        break;
      case 't':
      case '\x91':
        stack.push({ kind: 'list', items: popToMark() });
        break;
      case 'a':
        append([pop()]);
        break;
      case 'e':
      case '\x90':
        append(popToMark());
        break;
      case '}':
        stack.push({ kind: 'dictionary', items: [] });
        break;
      case 's':
        setItems(popTuple(2).items);
        break;
      case 'u':
        setItems(popToMark());
        break;

      // classes and objects
      case 'c':
        stack.push(reader.global(reader.line(), reader.line()));
        break;
      case '\x93': {
        const [module, name] = popTuple(2).items;
        stack.push(reader.global(module, name));
        break;
      }
      case 'R':
      case '\x81': {
        const [callee, parameters] = popTuple(2).items as [PickleValue, PickleValue];
        call(callee, parameters);
        break;
      }
      case '\x92': {
        const [callee, parameters, named] = popTuple(3).items as [PickleValue, PickleValue, PickleValue];
        call(callee, parameters, named);
        break;
      }
      case 'o': {
        const [callee = null, ...items] = popToMark();
        call(callee, { kind: 'list', items });
        break;
      }
      case 'b': {
        const state = pop();
        const object = top();
        if (!isKind(object, 'object')) throw reader.damaged('fields for an object that is none');
        object.state = state;
        break;
      }
      case 'Q': {
        const reference: PickleReference = { kind: 'reference', id: pop() };
        references.push(reference);
        stack.push(reference);
        break;
      }

      default:
        throw reader.damaged(`instruction 0x${instruction.toString(16)} at byte ${reader.position - 1}`);
    }
  }
  const requirement = `must have at most ${mostInstructions} instructions in its pickle`;
  throw new SemmaeError({ where, requirement, got: 'more' });
}
