// One line of progress that fits the terminal: what matters most is kept when the line gets narrow.

export interface BarLineInput {
  title: string;
  done: number;
  total: number;
  /** Such as '2.1 min'. */
  left: string;
  /** Such as the loss and the images a second. */
  note: string;
  /** Width of the terminal. */
  columns: number;
}

const longestTitle = 28;
const shortestTitle = 8;
/** With its comma; of less nothing could be read. */
const shortestNote = 8;
const widestBar = 24;
const narrowestBar = 4;

/** Title, bar, count, time left, note: at most `columns` - 1 characters, cut from the title, then from the end of the note, then again from the title. */
export function barLine({ title, done, total, left, note, columns }: BarLineInput): string {
  const room = Math.max(20, columns - 1);
  const counts = ` ${done}/${total}, ${left} left`;
  const tail = note === '' ? counts : `${counts}, ${note}`;
  const fullTitle = cut(title, longestTitle);
  const spare = room - fullTitle.length - tail.length - 1;
  const width = Math.max(narrowestBar, Math.min(widestBar, spare));
  const beside = (text: string) => room - width - text.length - 1;
  const shortTitle = cut(fullTitle, Math.min(Math.max(shortestTitle, beside(tail)), beside(counts)));
  const filled = Math.round((width * Math.min(done, total)) / Math.max(1, total));
  const line = `${shortTitle} ${'█'.repeat(filled)}${'░'.repeat(width - filled)}${counts}`;
  const noteRoom = room - line.length;
  return noteRoom < shortestNote ? line : line + cut(tail.slice(counts.length), noteRoom);
}

function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, Math.max(0, length - 1))}…`;
}
