// Rules that are in force: any fault on any request of the store.

import { html, useState } from '../../vendor/preact-htm.js';
import { post } from '../../lib/api.js';
import { count } from '../../lib/format.js';
import { useTask } from '../../lib/hooks.js';
import { t } from '../../lib/i18n.js';
import { Card, Problem, Table } from '../../lib/ui.js';

const effects = ['delay', 'busy', 'conflict', 'drop-before', 'timeout-after', 'drop-after', 'half-after', 'delay-after'];
const operations = ['', 'BatchGetRow', 'BatchWriteRow', 'GetRow', 'PutRow', 'UpdateRow', 'DeleteRow', 'GetRange'];

export function Rules({ faults, reload }) {
  const [rule, setRule] = useState({ effect: 'busy', operation: 'BatchWriteRow', table: 'sales', nth: 0, times: 3, probability: 0, milliseconds: 200 });
  const task = useTask();
  const set = (name, value) => setRule({ ...rule, [name]: value });
  const arm = (event) => {
    event.preventDefault();
    const { milliseconds, ...fault } = rule;
    task.run(async () => {
      await post('/api/faults', fault.effect.startsWith('delay') ? { ...fault, delay: milliseconds * 1e6 } : fault);
      reload();
    });
  };
  const clear = () => task.run(async () => { await post('/api/faults/clear', {}); reload(); });
  return html`<${Card} title=${t('rules.title')}>
    <p class="quiet">${faults.can ? t('rules.text') : t('problem.no-faults')}</p>
    <form class="grid" onSubmit=${arm}>
      <label>${t('rules.effect')}<select value=${rule.effect} onChange=${(e) => set('effect', e.target.value)}>${effects.map((e) => html`<option value=${e}>${t('effect.' + e)}</option>`)}</select></label>
      <label>${t('rules.operation')}<select value=${rule.operation} onChange=${(e) => set('operation', e.target.value)}>${operations.map((o) => html`<option value=${o}>${o || t('rules.any')}</option>`)}</select></label>
      <label>${t('rules.table')}<input value=${rule.table} autocomplete="off" onInput=${(e) => set('table', e.target.value)} /></label>
      <${Number_} name=${t('rules.nth')} value=${rule.nth} max="1000000" onChange=${(n) => set('nth', n)} />
      <${Number_} name=${t('rules.times')} value=${rule.times} max="1000000" onChange=${(n) => set('times', n)} />
      ${rule.effect.startsWith('delay') && html`<${Number_} name=${t('rules.delay')} value=${rule.milliseconds} max="60000" onChange=${(n) => set('milliseconds', n)} />`}
      <button type="submit" disabled=${task.busy || !faults.can}>${t('rules.arm')}</button>
    </form>
    <${Problem} problem=${task.problem} />
    <${List} rules=${faults.rules} />
    <div class="buttons"><button type="button" class="secondary" disabled=${task.busy || !faults.rules.length} onClick=${clear}>${t('rules.clear')}</button>
      <button type="button" class="secondary outline" onClick=${reload}>${t('account.reload')}</button></div>
  <//>`;
}

function Number_({ name, value, max, onChange }) {
  return html`<label>${name}<input type="number" min="0" max=${max} value=${value} onInput=${(e) => onChange(Number(e.target.value))} /></label>`;
}

function List({ rules }) {
  const number = (name) => ({ name, number: true });
  const head = [t('rules.effect'), t('rules.operation'), t('rules.table'), number(t('rules.nth')), number(t('rules.times')), number(t('rules.matched')), number(t('rules.met'))];
  const rows = rules.map((r) => [t('effect.' + r.effect), r.operation ?? t('rules.any'), r.table ?? t('rules.any'), r.nth ?? 0, r.times ?? 0, count(r.matched), count(r.met)]);
  return html`<${Table} label=${t('rules.title')} head=${head} rows=${rows} empty=${t('rules.empty')} />`;
}
