// A page of rows, which a cursor follows.

import { html, useState } from '../../vendor/preact-htm.js';
import { query } from '../../lib/api.js';
import { count } from '../../lib/format.js';
import { useKept } from '../../lib/hooks.js';
import { t } from '../../lib/i18n.js';
import { Card, Loading } from '../../lib/ui.js';
import { Row } from './row.js';

export function Rows({ instance, table, range, unlocked }) {
  const [cursors, setCursors] = useState(['']);
  const path = `/api/data/${encodeURIComponent(instance)}/${encodeURIComponent(table.name)}`;
  const set = Object.fromEntries(Object.entries({ ...range, cursor: cursors[cursors.length - 1] }).filter(([, value]) => value !== false));
  const loaded = useKept(path + query(set));
  if (!loaded.value) return html`<${Card}><${Loading} loaded=${loaded} /><//>`;
  const { rows, next } = loaded.value;
  return html`<${Card} title=${table.name}>
    <div class="buttons">
      <button type="button" class="secondary" disabled=${cursors.length < 2} onClick=${() => setCursors(cursors.slice(0, -1))}>${t('page.back')}</button>
      <button type="button" class="secondary" disabled=${!next} onClick=${() => setCursors([...cursors, next])}>${t('page.next')}</button>
      <button type="button" class="secondary outline" onClick=${() => save(table.name, rows)}>${t('data.export')}</button>
      <button type="button" class="secondary outline" onClick=${loaded.reload}>${t('account.reload')}</button>
      <span class="quiet" role="status">${t('data.count', { page: cursors.length, n: count(rows.length) })}</span>
    </div>
    ${rows.length ? html`<ul class="rows">${rows.map((row) => html`<li key=${row.id}><${Row} row=${row} path=${path} unlocked=${unlocked && !table.of} reload=${loaded.reload} /></li>`)}</ul>`
      : html`<p class="empty">${t('data.empty')}</p>`}
  <//>`;
}

// save downloads the rows of the page as JSON: one object a row, with keys and columns by
// name. Secrets are masked there too.
function save(name, rows) {
  const plain = rows.map((row) => Object.fromEntries([...row.key, ...row.columns].map((c) => [c.name, decoded(c)])));
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([JSON.stringify(plain, null, 2) + '\n'], { type: 'application/json' }));
  link.download = name + '.json';
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

// decoded is a value of JSON. An integer that JSON cannot hold exactly stays a text.
function decoded({ type, value, masked }) {
  if (masked) return value;
  if (type === 'BOOLEAN') return value === 'true';
  if (type === 'DOUBLE' || (type === 'INTEGER' && Number.isSafeInteger(Number(value)))) return Number(value);
  return value;
}
