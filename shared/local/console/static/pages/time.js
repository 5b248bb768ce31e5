// Time: the clock of the sale, what comes due, and what the timer does about it.

import { html, useEffect, useState } from '../vendor/preact-htm.js';
import { post } from '../lib/api.js';
import { count, when } from '../lib/format.js';
import { useKept, useTask } from '../lib/hooks.js';
import { t } from '../lib/i18n.js';
import { Link } from '../lib/route.js';
import { Card, Loading, Problem, Stat, Table, Title } from '../lib/ui.js';
import { Fired } from './time/fired.js';
import { Ahead } from './time/ahead.js';

const day = 86400;
const most = 800;

export function Time() {
  const loaded = useKept('/api/time');
  return html`<${Title} text=${t('nav.time')} lead=${t('time.lead')} />
    ${loaded.value ? html`<${Clock} time=${loaded.value} reload=${loaded.reload} />` : html`<${Loading} loaded=${loaded} />`}`;
}

function Clock({ time, reload }) {
  const [days, setDays] = useState(Math.round(time.offset / day));
  const task = useTask();
  useEffect(() => setDays(Math.round(time.offset / day)), [time.offset]);
  const move = (seconds) => task.run(async () => {
    await post('/api/time', { seconds: Math.max(0, Math.round(seconds)) });
    reload();
  });
  const next = time.due.find((d) => Date.parse(d.at) > Date.parse(time.now));
  const until = next && time.offset + (Date.parse(next.at) - Date.parse(time.now)) / 1000 + 60;
  return html`<div class="stats">
      <${Stat} name=${t('overview.clock')} value=${when(time.now)} note=${time.offset ? t('time.ahead', { days: (time.offset / day).toFixed(1) }) : t('overview.clock.real')} />
      <${Stat} name=${t('time.overdue')} value=${count(time.due.filter((d) => Date.parse(d.at) <= Date.parse(time.now)).length)} note=${t('time.overdue.note')} />
      <${Stat} name=${t('time.next')} value=${next ? when(next.at) : '–'} note=${next?.owner ?? ''} />
    </div>
    <${Card} title=${t('time.clock')}>
      <label>${t('time.slider', { days })}<input type="range" min="0" max=${most} step="1" value=${days}
        onInput=${(e) => setDays(Number(e.target.value))} onChange=${(e) => move(Number(e.target.value) * day)} /></label>
      <div class="buttons">
        <button type="button" class="secondary" disabled=${task.busy} onClick=${() => move(time.offset + day)}>${t('time.day')}</button>
        <button type="button" class="secondary" disabled=${task.busy} onClick=${() => move(time.offset + 31 * day)}>${t('time.month')}</button>
        <button type="button" class="secondary" disabled=${task.busy || !next} onClick=${() => move(until)}>${t('time.toNext')}</button>
        <button type="button" class="secondary outline" disabled=${task.busy} onClick=${() => move(0)}>${t('time.real')}</button>
      </div>
      <p class="quiet">${t('time.clock.text')}</p>
      <${Problem} problem=${task.problem} />
    <//>
    <${Fired} reload=${reload} />
    <${Card} title=${t('time.due')}><${Ahead} time=${time} /><${Due} time=${time} /><//>`;
}

function Due({ time }) {
  const head = [t('time.at'), t('account.owner'), t('time.what'), t('life.expires'), t('life.autoRenew'), t('books.channel'), t('life.instance')];
  const rows = time.due.slice(0, 200).map((d) => [
    html`${when(d.at)}${Date.parse(d.at) <= Date.parse(time.now) ? html` <span class="badge warn">${t('time.isDue')}</span>` : ''}`,
    html`<${Link} to=${'/accounts/' + d.owner}>${d.owner}<//>`, t('due.' + (d.queue === 'running' && d.autoRenew ? 'renew' : d.queue)), when(d.expires),
    d.autoRenew ? t('life.months', { n: d.autoRenew }) : t('no'), t('channel.' + d.channel), html`<code>${d.instance}</code>`,
  ]);
  return html`<${Table} label=${t('time.due')} head=${head} rows=${rows} empty=${t('time.empty')} />`;
}
