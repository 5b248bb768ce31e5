// Snapshots: saved states of the stack's data.

import { html, useState } from '../vendor/preact-htm.js';
import { get, post } from '../lib/api.js';
import { useKept, useTask } from '../lib/hooks.js';
import { t } from '../lib/i18n.js';
import { Card, Loading, Problem, Table, Title } from '../lib/ui.js';

export function Snapshots() {
  const loaded = useKept('/api/snapshots');
  return html`<${Title} text=${t('nav.snapshots')} lead=${t('snapshots.lead')} />
    ${!loaded.value ? html`<${Loading} loaded=${loaded} />` : loaded.value.folder ? html`<${Shelf} data=${loaded.value} reload=${loaded.reload} />`
      : html`<${Card}><p class="empty">${t('problem.in-memory')}</p><//>`}`;
}

const again = 300;

// comesBack waits until another start of the stack answers.
async function comesBack(start) {
  for (;;) {
    await new Promise((resolve) => { setTimeout(resolve, again); });
    try {
      if ((await get('/api/snapshots')).start !== start) return;
    } catch (problem) {
      if (problem.kind !== 'unreachable') throw problem;
    }
  }
}

// ask asks for another start. The connection may break before the answer.
async function ask(body) {
  try {
    await post('/api/snapshots', body);
  } catch (problem) {
    if (problem.kind !== 'unreachable') throw problem;
  }
}

function Shelf({ data, reload }) {
  const [name, setName] = useState('snapshot-' + (data.snapshots.length + 1));
  const [said, setSaid] = useState('');
  const task = useTask();
  const save = (event) => {
    event.preventDefault();
    task.run(async () => { await post('/api/snapshots', { what: 'save', name }); setSaid(t('snapshots.saved', { name })); reload(); });
  };
  const reopen = (what, of) => task.run(async () => {
    await ask({ what, name: of });
    setSaid(t('snapshots.starting'));
    await comesBack(data.start);
    setSaid(t('snapshots.done.' + what, { name: of }));
    reload();
  });
  const rows = data.snapshots.map((s) => [html`<strong>${s.name}</strong>`, html`<code class="wrap">${s.folder}</code>`,
    data.reopens && html`<${Sure} text=${t('snapshots.load')} of=${s.name} disabled=${task.busy} onClick=${() => reopen('load', s.name)} />`]);
  return html`<${Card} title=${t('snapshots.save')}><form class="grid" onSubmit=${save}>
      <label>${t('snapshots.name')}<input value=${name} autocomplete="off" onInput=${(e) => setName(e.target.value)} /></label>
      <button type="submit" disabled=${task.busy}>${t('snapshots.save.do')}</button></form>
      <p class="quiet">${t('snapshots.save.text')} <code>${data.folder}</code></p>
      <p role="status" class=${said ? 'promise' : 'none'}>${said}</p><${Problem} problem=${task.problem} /><//>
    <${Card} title=${t('snapshots.list')}><${Table} label=${t('snapshots.list')} head=${[t('snapshots.name'), t('snapshots.folder'), '']} rows=${rows} empty=${t('snapshots.empty')} /><//>
    <${Card} title=${t('snapshots.reset')}><p class="quiet">${t(data.reopens ? 'snapshots.reset.text' : 'problem.no-reopen')}</p>
      ${data.reopens && html`<${Sure} text=${t('snapshots.reset.do')} of=${data.folder} disabled=${task.busy} onClick=${() => reopen('reset', '')} />`}<//>`;
}

// Sure is a button that wants to be pressed twice.
function Sure({ text, of, disabled, onClick }) {
  const [sure, setSure] = useState(false);
  const press = () => { setSure(!sure); if (sure) onClick(); };
  return html`<button type="button" class=${sure ? '' : 'secondary'} disabled=${disabled} onClick=${press} aria-label=${`${sure ? t('snapshots.sure') : text}: ${of}`}>${sure ? t('snapshots.sure') : text}</button>`;
}
