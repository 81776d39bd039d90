// The code blocks of a Markdown text that are JavaScript or TypeScript, and what the HTML comments above them say of them.
//
//   <!-- example: continues -->          the block goes on from the one before it and sees its names
//   <!-- example: given                  TypeScript that the block needs and the reader knows: declarations
//   declare const image: Picture;
//   -->
//   <!-- example: fragment, why -->      the block cannot stand as a program, for this reason

export interface MarkdownExample {
  /** Line of the first line of code, counted from 1. */
  readonly line: number;
  readonly code: string;
  /** What the comments above declare for it. */
  readonly given: readonly { readonly line: number; readonly code: string }[];
  /** Whether it goes on from the example before it. */
  readonly continues: boolean;
  /** Why it is only a part of a program, if it is. */
  readonly fragment?: string;
}

/** The examples of a text, in order. Throws where a comment above an example cannot be understood. */
export function markdownExamples(markdown: string): MarkdownExample[] {
  const lines = markdown.split(/\r?\n/);
  const examples: MarkdownExample[] = [];
  let notes = noNotes();
  for (let index = 0; index < lines.length; index++) {
    const [, fence, language] = lines[index]!.match(/^(`{3,}|~{3,})\s*(\w*)/) ?? [];
    if (fence !== undefined) {
      const end = lines.findIndex((line, other) => other > index && line.trimEnd() === fence);
      if (end < 0) throw new Error(`line ${index + 1}: a code block has no end`);
      if (/^(js|ts|mjs|mts|javascript|typescript)$/.test(language!)) {
        examples.push({ line: index + 2, code: lines.slice(index + 1, end).join('\n'), ...notes });
      }
      notes = noNotes();
      index = end;
    } else if (lines[index]!.startsWith('<!-- example:')) {
      const end = lines.findIndex((line, other) => other >= index && line.includes('-->'));
      if (end < 0) throw new Error(`line ${index + 1}: a comment has no end`);
      addNote(notes, lines.slice(index, end + 1), index + 1);
      index = end;
    } else if (lines[index]!.trim() !== '') {
      notes = noNotes();
    }
  }
  return examples;
}

interface Notes {
  given: { line: number; code: string }[];
  continues: boolean;
  fragment?: string;
}

function noNotes(): Notes {
  return { given: [], continues: false };
}

/** Adds what one comment says. `line` is where it begins. */
function addNote(notes: Notes, comment: readonly string[], line: number): void {
  const text = comment
    .join('\n')
    .slice('<!-- example:'.length)
    .replace(/-->.*$/s, '');
  const [, reason] = text.match(/^\s*fragment,\s*(\S.*)$/s) ?? [];
  if (reason !== undefined) notes.fragment = reason.trim();
  else if (text.trim() === 'continues') notes.continues = true;
  else if (/^\s*given\s/.test(text)) {
    notes.given.push({ line, code: text.replace(/^\s*given/, '') }); // its line breaks stay, so lines can be counted
  } else {
    throw new Error(
      `line ${line}: a comment must be "example: continues", "example: given ..." or "example: fragment, why", got "${text.trim()}"`,
    );
  }
}
