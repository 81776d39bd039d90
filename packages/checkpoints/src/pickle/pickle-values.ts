// What a pickle describes, as data. No class of Python is looked up and no function is called.

export type PickleValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | PickleGlobal
  | PickleList
  | PickleDictionary
  | PickleObject
  | PickleReference;

/** A class or a function, by name: `torch.FloatStorage`. */
export interface PickleGlobal {
  readonly kind: 'global';
  readonly name: string;
}

/** A list, a tuple or a set. */
export interface PickleList {
  readonly kind: 'list';
  readonly items: PickleValue[];
}

/** Keys and values in turn, as they were put in. */
export interface PickleDictionary {
  readonly kind: 'dictionary';
  readonly items: PickleValue[];
}

/** What Python would get from `callee(*parameters)`, and what was then put into it. */
export interface PickleObject {
  readonly kind: 'object';
  readonly callee: PickleValue;
  readonly parameters: readonly PickleValue[];
  /** Of a list. */
  readonly appended: PickleValue[];
  /** Of a dictionary: keys and values in turn. */
  readonly items: PickleValue[];
  /** Of `__setstate__`, or the object's fields. */
  state?: PickleValue;
}

/** Something outside of the pickle, such as the storage of a tensor. */
export interface PickleReference {
  readonly kind: 'reference';
  readonly id: PickleValue;
}

export function isKind<
  Kind extends Exclude<PickleValue, null | boolean | number | bigint | string | Uint8Array>['kind'],
>(value: PickleValue | undefined, kind: Kind): value is Extract<PickleValue, { kind: Kind }> {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === kind;
}
