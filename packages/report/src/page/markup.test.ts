import { describe, expect, it } from 'vitest';

import { html } from './markup';

describe('html', () => {
  it('escapes text, keeps markup, and drops null', () => {
    const inner = html`<b>${'&'}</b>`;
    expect(html`<p title="${'"'}">${inner}${[inner]}${null}${undefined}${7}</p>`.markup).toBe(
      '<p title="&quot;"><b>&amp;</b><b>&amp;</b>7</p>',
    );
  });
});
