// Fires the timer and shows what it changed.

import { html, useState } from '../../vendor/preact-htm.js';
import { post } from '../../lib/api.js';
import { count, money, when } from '../../lib/format.js';
import { useTask } from '../../lib/hooks.js';
import { t } from '../../lib/i18n.js';
import { Link } from '../../lib/route.js';
import { Card, Problem, Table } from '../../lib/ui.js';
import { State } from '../accounts.js';

export function Fired({ reload }) {
  const [result, setResult] = useState(null);
  const task = useTask();
  const fire = (payload) => task.run(async () => {
    setResult(await post('/api/time/fire', { payload }));
    reload();
  });
  return html`<${Card} title=${t('fire.title')}>
    <p class="quiet">${t('fire.text')}</p>
    <div class="buttons">
      <button type="button" disabled=${task.busy} onClick=${() => fire('')}>${t('fire.do')}</button>
      <button type="button" class="secondary" disabled=${task.busy} onClick=${() => fire('anytime')}>${t('fire.anytime')}</button>
    </div>
    <${Problem} problem=${task.problem} />
    ${result && html`<${Result} result=${result} />`}
  <//>`;
}

function Result({ result }) {
  const { report } = result;
  const head = [t('account.owner'), t('account.state'), t('life.expires'), { name: t('account.balance'), number: true }, { name: t('books.orders'), number: true }];
  const rows = result.changes.map((c) => [
    html`<${Link} to=${'/accounts/' + c.owner}>${c.owner}<//>`, pair(html`<${State} state=${c.before.state} />`, html`<${State} state=${c.after.state} />`, c.before.state === c.after.state),
    pair(when(c.before.expires), when(c.after.expires), c.before.expires === c.after.expires), pair(money(c.before.balance), money(c.after.balance), c.before.balance === c.after.balance),
    pair(count(c.before.orders), count(c.after.orders), c.before.orders === c.after.orders),
  ]);
  return html`<p role="status" class="promise">${t('fire.report', { looked: report.looked, renewed: report.renewed, refused: report.refused, expired: report.expired, released: report.released })}</p>
    <${Table} label=${t('fire.changes')} head=${head} rows=${rows} empty=${t('fire.none')} />`;
}

// pair shows a value before and after, or once if it is the same.
const pair = (before, after, same) => (same ? html`<span class="quiet">${after}</span>` : html`${before} → <b>${after}</b>`);
