// Data: tables, indexes and rows of any instance of the store.

import { html, useState } from '../vendor/preact-htm.js';
import { query } from '../lib/api.js';
import { useKept, useSettled } from '../lib/hooks.js';
import { t } from '../lib/i18n.js';
import { Card, Loading, Title } from '../lib/ui.js';
import { Rows } from './data/rows.js';

export function Data() {
  const [instance, setInstance] = useState('');
  const loaded = useKept('/api/data' + query({ instance }));
  const [unlocked, setUnlocked] = useState(false);
  return html`<${Title} text=${t('nav.data')} lead=${t('data.lead')}>
      <button type="button" class=${unlocked ? '' : 'secondary outline'} aria-pressed=${unlocked ? 'true' : 'false'} onClick=${() => setUnlocked(!unlocked)}>${t(unlocked ? 'data.lock' : 'data.unlock')}</button>
    <//>
    ${unlocked && html`<p class="problem" role="status">${t('data.unlocked')}</p>`}
    ${loaded.value ? html`<${Range} key=${loaded.value.instance} data=${loaded.value} unlocked=${unlocked} setInstance=${setInstance} />` : html`<${Loading} loaded=${loaded} />`}`;
}

const sizes = [20, 100, 500];

function Range({ data, unlocked, setInstance }) {
  const [name, setName] = useState(data.tables.find((table) => table.name === 'sales')?.name ?? data.tables[0]?.name);
  const [range, setRange] = useState({ from: '', prefix: false, backward: false, limit: sizes[0] });
  const table = data.tables.find((one) => one.name === name);
  const set = (part) => setRange({ ...range, ...part });
  const settled = useSettled(JSON.stringify(range));
  if (!table) return html`<p class="empty">${t('data.noTable')}</p>`;
  return html`<${Card}>
      <div class="grid">
        ${data.instances.length > 0 && html`<label>${t('data.instance')}<select value=${data.instance} onChange=${(e) => setInstance(e.target.value)}>
          ${data.instances.map((one) => html`<option value=${one}>${one}</option>`)}</select></label>`}
        <label>${t('data.table')}<select value=${name} onChange=${(e) => setName(e.target.value)}>${data.tables.map((one) => html`<option value=${one.name}>
          ${one.of ? t('data.index', { name: one.name, table: one.of }) : one.name}</option>`)}</select></label>
        <label>${t('data.from', { key: table.keys[0].name })}<input type="search" value=${range.from} autocomplete="off" onInput=${(e) => set({ from: e.target.value })} /></label>
        <label>${t('data.limit')}<select value=${range.limit} onChange=${(e) => set({ limit: Number(e.target.value) })}>${sizes.map((n) => html`<option value=${n}>${n}</option>`)}</select></label>
      </div>
      <div class="checks"><label class="check"><input type="checkbox" checked=${range.prefix} onChange=${(e) => set({ prefix: e.target.checked })} /> ${t('data.prefix')}</label>
        <label class="check"><input type="checkbox" checked=${range.backward} onChange=${(e) => set({ backward: e.target.checked })} /> ${t('data.backward')}</label></div>
      <p class="quiet">${t('data.keys')} <code>${table.keys.map((k) => `${k.name} ${k.type}`).join(', ')}</code>
        ${table.ttl > 0 && html` · ${t('data.ttl', { hours: table.ttl / 3600 })}`}</p>
    <//>
    <${Rows} key=${`${data.instance} ${name} ${settled}`} instance=${data.instance} table=${table} range=${JSON.parse(settled)} unlocked=${unlocked} />`;
}
