// HTML by template literals in which every inserted text is escaped unless it is markup already.

/** Text that is HTML on purpose. Made by `html` and `trustedMarkup` only. */
export interface Markup {
  readonly markup: string;
}

type Inserted = string | number | Markup | readonly Markup[] | null | undefined;

/** html`<p>${name}</p>`: strings and numbers are escaped, markup is inserted as it is, null and undefined vanish. */
export function html(parts: TemplateStringsArray, ...values: Inserted[]): Markup {
  const markup = parts.reduce((text, part, index) => text + inserted(values[index - 1]) + part);
  return { markup };
}

/** Markup from a source that escapes by itself, such as the chart renderer. Never for text that somebody wrote. */
export function trustedMarkup(markup: string): Markup {
  return { markup };
}

/** `text` with the five characters that mean something in HTML and SVG replaced. */
export function escapeMarkup(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

function inserted(value: Inserted): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'string' || typeof value === 'number') return escapeMarkup(String(value));
  if ('markup' in value) return value.markup;
  return value.map(({ markup }) => markup).join('');
}
