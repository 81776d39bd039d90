// One line of progress that fits the terminal: what matters most is kept when the line gets narrow.

export interface BarLineInput {
  title: string;
  done: number;
  total: number;
  /** Such as '2.1 min'. */
  left: string;
  /** Such as the loss and the images a second, separated by commas. */
  note: string;
  /** Width of the terminal. */
  columns: number;
}

const longestTitle = 28;
const widestBar = 24;
const narrowestBar = 4;
/** Of the bar, before the note gets any room. */
const wantedBar = 8;

/**
 * Title, bar, count, time left, note: at most `columns` - 1 characters. Whole pieces of the note are left out from its end, then
 * the bar gets shorter, then the title.
 */
export function barLine({ title, done, total, left, note, columns }: BarLineInput): string {
  const room = Math.max(20, columns - 1);
  const fullTitle = cut(title, longestTitle);
  let numbers = ` ${done}/${total}, ${left} left`;
  for (const piece of note.split(', ')) {
    if (piece === '' || fullTitle.length + 1 + wantedBar + numbers.length + 2 + piece.length > room) break;
    numbers += `, ${piece}`;
  }
  const beside = room - 1 - numbers.length;
  const width = Math.max(narrowestBar, Math.min(widestBar, beside - fullTitle.length));
  const filled = Math.round((width * Math.min(done, total)) / Math.max(1, total));
  const bar = '█'.repeat(filled) + '░'.repeat(width - filled);
  return cut(`${cut(fullTitle, beside - width)} ${bar}${numbers}`, room);
}

function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, Math.max(0, length - 1))}…`;
}
