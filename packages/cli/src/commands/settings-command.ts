// A command whose flags are the settings of a stage: its schema gives names, help, checks, configuration files and their print.

import { readFileSync } from 'node:fs';

import { SemmaeError } from '@semmae/core';
import { parseSettings, type SettingsOf, type SettingsSchema, settingsJsonSchema } from '@semmae/pipeline';
import { type Command, Option } from 'commander';
import { parse } from 'yaml';

import { flagOf } from '../terminal/flags';

export interface SettingsCommand<Schema extends SettingsSchema> {
  name: string;
  summary: string;
  schema: Schema;
  /** Settings that are words on their own instead of flags, in their order on the command line. */
  operands?: readonly (keyof SettingsOf<Schema> & string)[];
  /** Lines after the help: what else to know, examples. */
  more?: string;
  run(settings: SettingsOf<Schema>): Promise<void>;
}

interface Property {
  type?: string;
  description?: string;
  placeholder?: string;
  enum?: string[];
  default?: unknown;
}

/** Adds the command. What flags leave out comes from `--config`, what that leaves out from the schema. */
export function addSettingsCommand<Schema extends SettingsSchema>(
  parent: Command,
  { name, summary, schema, operands = [], more = '', run }: SettingsCommand<Schema>,
): void {
  const command = parent.command(name).description(summary);
  const { properties, required = [] } = settingsJsonSchema(schema) as {
    properties: Record<string, Property>;
    required?: string[];
  };
  const { $schema: _ofFiles, ...own } = properties;
  for (const key of operands) command.argument(own[key]!.placeholder!, own[key]!.description);
  for (const [key, property] of Object.entries(own)) {
    if (!operands.includes(key)) command.addOption(optionOf(key, property, required.includes(key)));
  }
  command
    .option(
      '--config <file>',
      'settings as JSON or YAML, by the names of these options in camelCase; options go before it',
    )
    .option('--print-config', 'print all settings as JSON and stop')
    .addHelpText('after', `\n${more}`.trimEnd());
  command.action(async () => {
    const { config, printConfig, ...words } = command.opts<Record<string, string | string[] | boolean>>();
    const fromFile = config === undefined ? {} : readConfig(String(config));
    const fromFlags = Object.fromEntries(
      Object.entries(words)
        .filter(([key]) => command.getOptionValueSource(key) === 'cli') // --no-… is true by default
        .map(([key, value]) => [key, parsedWord(value, own[key]!)] as const),
    );
    const fromOperands = Object.fromEntries(operands.map((key, index) => [key, command.args[index]]));
    const given = { ...fromFile, ...fromFlags, ...fromOperands };
    const settings = parseSettings(schema, given);
    if (printConfig === undefined) return run(settings);
    const defaults = Object.entries(own).flatMap(([key, property]) =>
      property.default === undefined ? [] : [[key, property.default] as const],
    );
    console.log(JSON.stringify({ ...Object.fromEntries(defaults), ...given }, null, 2));
  });
}

function optionOf(key: string, property: Property, isRequired: boolean): Option {
  const { type, description = '', placeholder = '<value>', enum: words, default: fallback } = property;
  const flag = flagOf(key);
  if (type === 'boolean') return new Option(fallback === true ? flag.replace('--', '--no-') : flag, description);
  const choices = words === undefined ? '' : `; one of ${words.join(', ')}`;
  const preset = isRequired ? ' (required)' : fallback === undefined || fallback === 0 ? '' : ` (default: ${fallback})`;
  return new Option(`${flag} ${placeholder}`, `${description}${choices}${preset}`);
}

/** Words of the command line are text; where a number is due, what reads as one becomes one. */
function parsedWord(word: string | string[] | boolean, { type }: Property): unknown {
  if (typeof word !== 'string' || (type !== 'integer' && type !== 'number')) return word;
  const value = Number(word);
  return word.trim() === '' || Number.isNaN(value) ? word : value;
}

function readConfig(path: string): Record<string, unknown> {
  let content: unknown;
  try {
    content = parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw new SemmaeError({
      where: '`config`',
      requirement: `${path} must be a file of JSON or YAML`,
      got: cause instanceof Error ? cause.message.split('\n', 1)[0] : cause,
      remedy: 'mend it, or start from what `printConfig` prints',
      cause,
    });
  }
  if (typeof content === 'object' && content !== null && !Array.isArray(content)) {
    const { $schema: _forEditors, ...settings } = content as Record<string, unknown>;
    return settings;
  }
  throw new SemmaeError({
    where: '`config`',
    requirement: `${path} must hold settings by name`,
    got: Array.isArray(content) ? 'a list' : String(content),
    remedy: 'start from what `printConfig` prints',
  });
}
