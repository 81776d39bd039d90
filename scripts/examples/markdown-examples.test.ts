import { describe, expect, it } from 'vitest';

import { examplePrograms } from './example-programs';
import { markdownExamples } from './markdown-examples';

const text = (...lines: string[]) => lines.join('\n');

describe('markdownExamples', () => {
  it('finds JavaScript and TypeScript and the lines where they begin', () => {
    const markdown = text(
      '# Title',
      '```js',
      'one();',
      'two();',
      '```',
      '```sh',
      'npm test',
      '```',
      '',
      '```ts',
      'three();',
      '```',
    );
    expect(markdownExamples(markdown)).toEqual([
      { line: 3, code: 'one();\ntwo();', given: [], continues: false },
      { line: 11, code: 'three();', given: [], continues: false },
    ]);
  });

  it('takes fences in fences for text', () => {
    expect(markdownExamples(text('````md', '```js', 'no();', '```', '````'))).toEqual([]);
  });

  it('reads the comments directly above an example', () => {
    const markdown = text(
      '<!-- example: continues -->',
      '<!-- example: given',
      'declare const a: number;',
      '-->',
      '',
      '```js',
      'a;',
      '```',
      '<!-- example: fragment, it is a line of a function -->',
      '```js',
      'return;',
      '```',
    );
    expect(markdownExamples(markdown)).toEqual([
      { line: 7, code: 'a;', given: [{ line: 2, code: '\ndeclare const a: number;\n' }], continues: true },
      { line: 11, code: 'return;', given: [], continues: false, fragment: 'it is a line of a function' },
    ]);
  });

  it('passes over comments that text separates from the example', () => {
    const markdown = text('<!-- example: fragment, it was -->', 'Text.', '```js', 'whole();', '```');
    expect(markdownExamples(markdown)).toEqual([{ line: 4, code: 'whole();', given: [], continues: false }]);
  });

  it.each([
    ['<!-- example: fragment -->', /^line 1: a comment must be .*, got "fragment"$/],
    ['<!-- example: fragment, -->', /^line 1: a comment must be .*, got "fragment,"$/],
    ['<!-- example: skip -->', /^line 1: a comment must be .*, got "skip"$/],
    ['<!-- example: given', /^line 1: a comment has no end$/],
    ['```js', /^line 1: a code block has no end$/],
  ])('refuses %s', (markdown, message) => {
    expect(() => markdownExamples(markdown)).toThrow(message);
  });
});

describe('examplePrograms', () => {
  it('puts code and what is given at their lines', () => {
    const markdown = text('Text.', '<!-- example: given', 'const a = 1;', '-->', '```js', 'a;', '```');
    const { programs } = examplePrograms(markdown);
    expect(programs).toHaveLength(1);
    expect(programs[0]!.source.split('\n')).toEqual(['', '', 'const a = 1;', '', '', 'a;']);
  });

  it('joins what continues and leaves out fragments', () => {
    const markdown = text(
      ...['```js', 'const a = 1;', '```'],
      ...['<!-- example: fragment, it is a part -->', '```js', '...', '```'],
      ...['<!-- example: continues -->', '```js', 'a;', '```'],
      ...['```js', 'const a = 2;', '```'],
    );
    const { programs, fragments } = examplePrograms(markdown);
    expect(programs.map(({ line }) => line)).toEqual([2, 13]);
    expect(programs[0]!.source.split('\n')).toEqual(['', 'const a = 1;', '', '', '', '', '', '', '', 'a;']);
    expect(fragments).toEqual([{ line: 6, reason: 'it is a part' }]);
  });

  it('refuses to continue from nothing', () => {
    expect(() => examplePrograms(text('<!-- example: continues -->', '```js', 'a;', '```'))).toThrow(
      'line 3: no example before this one to go on from',
    );
  });
});
