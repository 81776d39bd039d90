// From what a file or a command line gave to checked settings with defaults; each wrong value is one line.

import { SemmaeError } from '@semmae/core';
import { z } from 'zod';

/** The settings of a stage by name. */
export type SettingsSchema = z.ZodObject;
/** Checked settings with defaults. */
export type SettingsOf<Schema extends SettingsSchema> = z.output<Schema>;

/** Throws a SemmaeError that names the first wrong setting in backticks, what it must be and what was given. */
export function parseSettings<Schema extends SettingsSchema>(
  schema: Schema,
  given: Readonly<Record<string, unknown>>,
): SettingsOf<Schema> {
  const result = schema.safeParse(given);
  if (result.success) return result.data;
  const issue = result.error.issues[0]!;
  if (issue.code === 'unrecognized_keys') {
    const key = issue.keys[0]!;
    throw new SemmaeError({
      where: 'settings',
      requirement: `every setting must be one of ${Object.keys(schema.shape).join(', ')}`,
      got: key,
      remedy: 'see `--help`',
    });
  }
  const key = String(issue.path[0]);
  const value = given[key];
  throw new SemmaeError({
    where: `\`${key}\``,
    requirement: value === undefined ? 'must be given' : `must be ${requirementOf(schema.shape[key] as z.ZodType)}`,
    got: value === undefined ? 'nothing' : value,
    remedy: 'see --help',
  });
}

/** "an integer of at least 1", from the JSON schema of a setting. */
function requirementOf(schema: z.ZodType): string {
  const { anyOf, pattern, ...plain } = z.toJSONSchema(schema, { io: 'input' }) as JsonSchema;
  if (pattern !== undefined || anyOf !== undefined) return patternMessage(schema);
  if (plain.enum !== undefined) return `one of ${plain.enum.join(', ')}`;
  const least = plain.minimum ?? plain.exclusiveMinimum;
  if (plain.type === 'integer')
    return least === undefined || least < -1e9 ? 'an integer' : `an integer of at least ${least}`;
  if (plain.type === 'number') {
    const bound = plain.exclusiveMinimum !== undefined ? `above ${plain.exclusiveMinimum}` : `of at least ${least}`;
    return `a number ${bound}${plain.maximum === undefined ? '' : ` and at most ${plain.maximum}`}`;
  }
  if (plain.type === 'array') return 'a list of texts';
  return plain.type === 'boolean' ? 'true or false' : 'text';
}

interface JsonSchema {
  type?: string;
  enum?: string[];
  minimum?: number;
  exclusiveMinimum?: number;
  maximum?: number;
  pattern?: string;
  anyOf?: unknown[];
}

/** What a schema with a pattern says of its values. */
function patternMessage(schema: z.ZodType): string {
  const failed = schema.safeParse('?');
  const issue = failed.error?.issues[0];
  const nested =
    issue?.code === 'invalid_union' ? issue.errors.flat().find(({ code }) => code === 'invalid_format') : issue;
  return nested?.message ?? 'of another form';
}

/** The JSON schema of a configuration file, which lets editors complete and check it. */
export function settingsJsonSchema(schema: SettingsSchema): Record<string, unknown> {
  const { properties, ...rest } = z.toJSONSchema(schema, { io: 'input' });
  return { ...rest, properties: { $schema: { type: 'string' }, ...properties } };
}
