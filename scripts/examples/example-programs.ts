// The examples of a Markdown file as TypeScript sources whose lines are those of the file.

import { markdownExamples } from './markdown-examples';

export interface ExampleProgram {
  /** Line of its first example. */
  readonly line: number;
  /** Code at the lines where the Markdown has it, everything else empty. */
  readonly source: string;
}

export interface ExamplePrograms {
  readonly programs: readonly ExampleProgram[];
  readonly fragments: readonly { readonly line: number; readonly reason: string }[];
}

/** Each example is a program of its own, or goes on with the one before it. */
export function examplePrograms(markdown: string): ExamplePrograms {
  const programs: { line: number; lines: string[] }[] = [];
  const fragments: { line: number; reason: string }[] = [];
  for (const { line, code, given, continues, fragment } of markdownExamples(markdown)) {
    if (fragment !== undefined) {
      fragments.push({ line, reason: fragment });
      continue;
    }
    const before = programs.at(-1);
    if (continues && before === undefined) throw new Error(`line ${line}: no example before this one to go on from`);
    const program = continues ? before! : { line, lines: [] };
    if (!continues) programs.push(program);
    for (const part of [...given, { line, code }]) place(program.lines, part);
  }
  return { programs: programs.map(({ line, lines }) => ({ line, source: lines.join('\n') })), fragments };
}

function place(lines: string[], { line, code }: { line: number; code: string }): void {
  for (const [index, text] of code.split('\n').entries()) {
    const target = line - 1 + index;
    while (lines.length < target) lines.push('');
    lines[target] = text;
  }
}
