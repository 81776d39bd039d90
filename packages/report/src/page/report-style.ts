// The looks of a report: one column of text, hairlines instead of boxes, figures that line up.

/** CSS. Fonts are the reader's own; colors follow the light or dark setting of the reader's machine. */
export const reportStyle = `
:root {
  color-scheme: light dark;
  --paper: #fdfcfa; --ink: #1f2226; --soft: #62666d; --line: #dedbd5; --strong-line: #1f2226;
  --tint: #f4f1ec; --accent: #1d66ad; --caution: #b3541e;
  --sans: system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif;
  --serif: Charter, 'Bitstream Charter', 'Iowan Old Style', 'Source Serif 4', Cambria, Georgia, serif;
  --mono: ui-monospace, 'SF Mono', Menlo, Consolas, 'DejaVu Sans Mono', monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #16181c; --ink: #e6e5e2; --soft: #9c9fa6; --line: #33363c; --strong-line: #8b8e95;
    --tint: #1e2126; --accent: #6fb1f2; --caution: #e2935b;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; scroll-behavior: smooth; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.55 var(--sans); }
main { max-width: 1144px; margin: 0 auto; padding: 64px 32px 96px; }
h1, h2 { font-family: var(--serif); font-weight: 600; text-wrap: balance; margin: 0; }
h1 { font-size: clamp(30px, 5vw, 44px); line-height: 1.12; letter-spacing: -0.012em; }
h2 { font-size: 25px; line-height: 1.25; letter-spacing: -0.006em; }
p { margin: 0 0 12px; max-width: 68ch; text-wrap: pretty; }
.subtitle { margin: 14px 0 0; font-size: 19px; line-height: 1.45; color: var(--soft); }
.headline { display: flex; flex-wrap: wrap; gap: 24px 48px; margin: 40px 0 0; padding: 20px 0 22px;
  border-top: 2px solid var(--strong-line); border-bottom: 1px solid var(--line); }
.headline div { flex: 1 1 160px; }
dt, dd { margin: 0; }
.headline dt { font-size: 13px; color: var(--soft); }
.headline .value { font: 600 32px/1.25 var(--serif); font-variant-numeric: lining-nums tabular-nums; white-space: nowrap; }
.headline .detail { font-size: 13px; line-height: 1.4; color: var(--soft); }
nav ol { display: flex; flex-wrap: wrap; gap: 4px 22px; margin: 18px 0 0; padding: 0; list-style: none; font-size: 14px; }
a { color: var(--accent); text-decoration: none; }
a:hover, a:focus-visible { text-decoration: underline; text-underline-offset: 3px; }
section { margin-top: 64px; scroll-margin-top: 24px; }
.note { margin: 8px 0 0; color: var(--soft); font-size: 15px; }
section > h2 + :not(.note), .note + * { margin-top: 20px; }
.scroll { overflow-x: auto; overscroll-behavior-x: contain; }
table { border-collapse: collapse; }
.figures { min-width: 100%; font-size: 15px; line-height: 1.4; font-variant-numeric: lining-nums tabular-nums; }
.figures thead th { padding: 8px 16px; border-bottom: 1px solid var(--strong-line); font-size: 13px; font-weight: 600;
  vertical-align: bottom; white-space: nowrap; }
.figures small { display: block; font-size: 12px; font-weight: 400; color: var(--soft); }
.figures tbody :is(th, td) { padding: 9px 16px; border-bottom: 1px solid var(--line); white-space: nowrap; }
.figures tbody th { font-weight: 400; }
.figures :is(th, td):first-child { padding-left: 0; }
.figures :is(th, td):last-child { padding-right: 0; }
.left { text-align: left; }
.right { text-align: right; }
.figures .strong :is(th, td) { font-weight: 650; }
.figures .quiet :is(th, td) { color: var(--soft); font-style: italic; }
.pictures { margin: 0; width: min-content; }
.pictures :is(th, td) { padding: 0 8px 8px 0; }
.pictures thead th { padding-bottom: 7px; font-size: 13px; font-weight: 600; line-height: 1.3; text-align: left; vertical-align: bottom; }
.pictures tbody th { position: sticky; left: 0; z-index: 1; min-width: 112px; max-width: 148px; padding-right: 16px; overflow-wrap: anywhere;
  background: var(--paper); font-size: 13px; font-weight: 400; line-height: 1.35; color: var(--soft); text-align: left; vertical-align: middle; }
img { display: block; max-width: none; border-radius: 2px; }
.enlarged { image-rendering: pixelated; }
.legend { display: flex; flex-wrap: wrap; gap: 4px 18px; padding: 0; list-style: none; font-size: 13px; }
.legend li { display: flex; align-items: center; gap: 7px; }
.legend i { width: 12px; height: 12px; border-radius: 2px; }
.legend b { width: 96px; height: 12px; border-radius: 2px; }
.legend + .scroll { margin-top: 14px; }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 470px), 1fr)); gap: 40px 48px; align-items: start; }
figure { margin: 0; }
figure svg { display: block; width: 100%; min-width: 360px; max-width: 560px; height: auto; }
ul { margin: 0; padding-left: 1.2em; max-width: 70ch; }
ul li + li { margin-top: 6px; }
.legend li + li { margin-top: 0; }
.caution { padding-left: 22px; border-left: 3px solid var(--caution); }
pre { margin: 0; padding: 14px 18px; overflow-x: auto; background: var(--tint); border-radius: 4px; font: 13.5px/1.6 var(--mono); }
.facts { margin: 20px 0 0; columns: 2 400px; column-gap: 48px; font-size: 14.5px; }
.facts div { display: flex; gap: 16px; justify-content: space-between; padding: 7px 0; border-bottom: 1px solid var(--line); break-inside: avoid; }
.facts dt { flex: none; color: var(--soft); }
.facts dd { text-align: right; overflow-wrap: anywhere; font-variant-numeric: lining-nums tabular-nums; }
@media (max-width: 640px) {
  main { padding: 36px 18px 64px; }
  section { margin-top: 48px; }
  .headline { gap: 18px 32px; margin-top: 28px; }
  .headline div { flex-basis: 132px; }
  .headline .value { font-size: 26px; }
  .figures :is(thead, tbody) :is(th, td) { padding-left: 10px; padding-right: 10px; }
  .pictures tbody th { min-width: 72px; max-width: 92px; padding-right: 10px; }
  .figures tbody th { position: sticky; left: 0; background: var(--paper); }
  .figures :is(thead, tbody) :is(th, td):first-child { padding-left: 0; }
}
@media print {
  :root { --paper: #fff; --ink: #000; --soft: #444; --line: #ccc; --strong-line: #000; --tint: #f3f3f3; --accent: #000; }
  body { font-size: 11pt; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  main { max-width: none; padding: 0; }
  nav { display: none; }
  .scroll { overflow: visible; }
  tr, figure, .headline { break-inside: avoid; }
  h2, .note { break-after: avoid; }
  pre { white-space: pre-wrap; }
}
`;
