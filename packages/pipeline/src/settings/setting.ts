// One setting of a stage as a schema: what it may be, what it is called on a command line, what it means.

import { z } from 'zod';

export interface SettingMeta {
  /** For `--help`, configuration files and editors. */
  description: string;
  /** What stands for its value in `--help`: '<folder>'. Absent for switches. */
  placeholder?: string;
}

/** Attaches what people read to a schema. Descriptions are sentences without a capital and a full stop. */
function setting<Schema extends z.ZodType>(schema: Schema, meta: SettingMeta): Schema {
  return schema.meta({ ...meta }) as Schema;
}

/** An integer of at least `least`. */
export function integer(description: string, { least = 1, placeholder = '<count>' } = {}) {
  return setting(z.int().min(least).optional(), { description, placeholder });
}

export function integerOr(fallback: number, description: string, { least = 1, placeholder = '<count>' } = {}) {
  return setting(z.int().min(least).default(fallback), { description, placeholder });
}

/** A number of at least `least`, or above it where `open`. */
export function number(description: string, { least = 0, placeholder = '<number>' } = {}) {
  return setting(z.number().min(least).optional(), { description, placeholder });
}

export function numberOr(fallback: number, description: string, { least = 0, placeholder = '<number>' } = {}) {
  return setting(z.number().min(least).default(fallback), { description, placeholder });
}

/** A number above 0 and at most 1. */
export function share(description: string) {
  return setting(z.number().gt(0).max(1).optional(), { description, placeholder: '<share>' });
}

/** A number from 0 to 1. */
export function shareOr(fallback: number, description: string) {
  return setting(z.number().min(0).max(1).default(fallback), { description, placeholder: '<share>' });
}

export function word<const Word extends string>(words: readonly Word[], description: string, placeholder = '<name>') {
  return setting(z.enum(words).optional(), { description, placeholder });
}

export function wordOr<const Word extends string>(
  fallback: NoInfer<Word>,
  words: readonly Word[],
  description: string,
  placeholder = '<name>',
) {
  return setting(z.enum(words).default(fallback), { description, placeholder });
}

export function text(description: string, placeholder: string) {
  return setting(z.string().min(1).optional(), { description, placeholder });
}

export function textOr(fallback: string, description: string, placeholder: string) {
  return setting(z.string().min(1).default(fallback), { description, placeholder });
}

export function neededText(description: string, placeholder: string) {
  return setting(z.string().min(1), { description, placeholder });
}

/** Off unless it is asked for. */
export function toggle(description: string) {
  return setting(z.boolean().default(false), { description });
}

/** On unless `--no-…` is given. */
export function toggleOn(description: string) {
  return setting(z.boolean().default(true), { description });
}

export function optionalTexts(description: string, placeholder: string) {
  return setting(z.array(z.string().min(1)).optional(), { description, placeholder });
}

/** At least one text. */
export function texts(description: string, placeholder: string) {
  return setting(z.array(z.string().min(1)).min(1), { description, placeholder });
}

const shareList = /^(?:0|1|0?\.\d+)(?:,(?:0|1|0?\.\d+))*$/;

/** '0,0.5,1': numbers from 0 to 1. */
export function sharesOr(fallback: string, description: string) {
  const schema = z.union([
    z.number().min(0).max(1),
    z.string().regex(shareList, 'numbers from 0 to 1, such as 0,0.5,1'),
  ]);
  const shares = schema.default(fallback).transform((value) => String(value).split(',').map(Number));
  return setting(shares, { description, placeholder: '<shares>' });
}

/** 0.5 or '0.3,0.4,0.5': numbers from 0, one or several. */
export function numberList(description: string, placeholder: string) {
  const schema = z.union([
    z.number().min(0),
    z.string().regex(/^(?:\d+\.?\d*|\.\d+)(?:,(?:\d+\.?\d*|\.\d+))*$/, 'numbers from 0, such as 0.3,0.4,0.5'),
    z.array(z.number().min(0)).min(1),
  ]);
  const values = schema.transform((value) => (Array.isArray(value) ? value : String(value).split(',').map(Number)));
  return setting(values.optional(), { description, placeholder });
}

/** 3 or '3,2,1': integers from 0, such as numbers of bands. */
export function integerList(description: string, placeholder: string) {
  const schema = z.union([
    z.int().min(0),
    z.string().regex(/^\d+(?:,\d+)*$/, 'integers from 0, such as 3,2,1'),
    z.array(z.int().min(0)).min(1),
  ]);
  const values = schema.transform((value) => (Array.isArray(value) ? value : String(value).split(',').map(Number)));
  return setting(values.optional(), { description, placeholder });
}

const decimal = String.raw`-?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?`;

/** '0,3000': a lower and a higher number. */
export function numberRange(description: string) {
  const schema = z.union([
    z.string().regex(new RegExp(`^${decimal},${decimal}$`), 'two numbers, the lower first, such as 0,3000'),
    z.tuple([z.number(), z.number()]),
  ]);
  const range = schema.transform(
    (value) => (Array.isArray(value) ? value : value.split(',').map(Number)) as [number, number],
  );
  return setting(range.optional(), { description, placeholder: '<lowest,highest>' });
}

/** 500 or 'all'. */
export function countOrAll(fallback: number, description: string) {
  const schema = z.union([z.int().min(1), z.string().regex(/^(?:all|[1-9]\d*)$/, 'a count of at least 1, or all')]);
  const count = schema
    .default(fallback)
    .transform((value) => (value === 'all' ? 'all' : Number(value)) as number | 'all');
  return setting(count, { description, placeholder: '<count>' });
}

const pair = /^([1-9]\d*)(?:x([1-9]\d*))?$/;

/** 224 or '224x160', height first, as both sides. */
export function imageSize(description: string) {
  const schema = z.union([z.int().min(1), z.string().regex(pair, 'a size such as 224 or 224x160 (height x width)')]);
  return setting(schema.transform(sidesOf).optional(), { description, placeholder: '<pixels>' });
}

/** 28 or '28x28', rows first. */
export function gridSize(description: string) {
  const schema = z.union([z.int().min(1), z.string().regex(pair, 'a grid such as 28x28 (rows x columns)')]);
  const sides = schema.transform((value) => {
    const { height: rows, width: columns } = sidesOf(value);
    return { rows, columns };
  });
  return setting(sides.optional(), { description, placeholder: '<rows x columns>' });
}

function sidesOf(value: number | string): { height: number; width: number } {
  const [, first, second] = pair.exec(String(value))!;
  return { height: Number(first), width: Number(second ?? first) };
}
