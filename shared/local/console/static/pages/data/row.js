// One row, decoded; and changed, once the page is unlocked.

import { html, useState } from '../../vendor/preact-htm.js';
import { post } from '../../lib/api.js';
import { when } from '../../lib/format.js';
import { useTask } from '../../lib/hooks.js';
import { t } from '../../lib/i18n.js';
import { Problem } from '../../lib/ui.js';

export function Row({ row, path, unlocked, reload }) {
  const [open, setOpen] = useState(false);
  return html`<details open=${open} onToggle=${(e) => setOpen(e.currentTarget.open)}>
    <summary><code>${row.key.map((k) => k.value).join(' · ')}</code> <span class="quiet">${t('data.columns', { n: row.columns.length })}</span></summary>
    ${open && html`<dl class="cells">${[...row.key, ...row.columns].map((c) => html`<div><dt>${c.name} <span>${c.type}</span></dt><dd><${Value} cell=${c} /></dd></div>`)}</dl>`}
    ${open && unlocked && html`<${Edit} row=${row} path=${path} reload=${reload} />`}
  </details>`;
}

function Value({ cell }) {
  const text = pretty(cell.value);
  return html`<code>${text}</code>${cell.means && html` <span class="quiet">${when(cell.means)}</span>`}${cell.masked && html` <span class="badge">${t('data.masked')}</span>`}`;
}

// pretty indents JSON.
function pretty(value) {
  if (!/^[[{]/.test(value)) return value;
  try {
    return JSON.stringify(JSON.parse(value), null, 2);
  } catch {
    return value;
  }
}

const types = ['STRING', 'INTEGER', 'DOUBLE', 'BOOLEAN', 'BINARY'];

function Edit({ row, path, reload }) {
  const [cell, setCell] = useState({ name: row.columns[0]?.name ?? '', type: row.columns[0]?.type ?? 'STRING', value: row.columns[0]?.value ?? '' });
  const [sure, setSure] = useState(false);
  const task = useTask();
  const send = (what) => task.run(async () => { await post(path, { row: row.id, unlocked: true, ...what }); reload(); });
  const choose = (name) => setCell({ ...cell, name, ...(({ type, value }) => ({ type, value }))(row.columns.find((c) => c.name === name) ?? cell) });
  return html`<form class="grid edit" onSubmit=${(e) => { e.preventDefault(); send({ cell }); }}>
      <label>${t('data.column')}<input value=${cell.name} autocomplete="off" onInput=${(e) => choose(e.target.value)} /></label>
      <label>${t('data.type')}<select value=${cell.type} onChange=${(e) => setCell({ ...cell, type: e.target.value })}>${types.map((name) => html`<option value=${name}>${name}</option>`)}</select></label>
      <label>${t('data.value')}<input value=${cell.value} autocomplete="off" onInput=${(e) => setCell({ ...cell, value: e.target.value })} /></label>
      <button type="submit" disabled=${task.busy}>${t('data.put')}</button>
      <button type="button" class="secondary" disabled=${task.busy} onClick=${() => (sure ? send({ delete: true }) : setSure(true))}>${t(sure ? 'data.sure' : 'data.delete')}</button>
    </form><${Problem} problem=${task.problem} />`;
}
