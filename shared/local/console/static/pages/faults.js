// Faults: the store misbehaves by rule, and the promise holds.

import { html, useState } from '../vendor/preact-htm.js';
import { post } from '../lib/api.js';
import { useKept, useTask } from '../lib/hooks.js';
import { t } from '../lib/i18n.js';
import { Card, Loading, Problem, Tick, Title } from '../lib/ui.js';
import { newToken } from './try/form.js';
import { Cell } from './faults/cell.js';
import { Rules } from './faults/rules.js';

const owner = '2000000000000100';
const key = 'LTAI-local-reseller';

export function Faults() {
  const loaded = useKept('/api/faults');
  return html`<${Title} text=${t('nav.faults')} lead=${t('faults.lead')} />
    ${loaded.value ? html`<${Matrix} faults=${loaded.value} reload=${loaded.reload} /><${Rules} faults=${loaded.value} reload=${loaded.reload} />`
      : html`<${Loading} loaded=${loaded} />`}`;
}

function Matrix({ faults, reload }) {
  const [times, setTimes] = useState(50);
  const [cells, setCells] = useState({});
  const [shown, setShown] = useState(null);
  const task = useTask();
  const strike = async (step, effect) => {
    const name = `${step} ${effect}`;
    const verdict = await post('/api/faults/drill', { step, effect, times, owner, key, token: newToken() });
    setCells((old) => ({ ...old, [name]: verdict }));
    setShown(name);
  };
  const all = () => task.run(async () => {
    for (const step of faults.steps) for (const effect of faults.effects) await strike(step.name, effect);
    reload();
  });
  const [step, effect] = (shown ?? '').split(' ');
  return html`<${Card} title=${t('matrix.title')}>
    <p class="quiet">${t('matrix.text')}</p>
    <div class="buttons"><button type="button" disabled=${task.busy || !faults.can} onClick=${all}>${t('matrix.all')}</button>
      <label class="inline">${t('matrix.times')} <select value=${times} onChange=${(e) => setTimes(Number(e.target.value))}>
        <option value="1">${t('matrix.once')}</option><option value="50">${t('matrix.always')}</option></select></label></div>
    <div class="table" tabindex="0" role="region" aria-label=${t('matrix.title')}><table class="matrix">
      <thead><tr><th scope="col">${t('matrix.step')}</th>${faults.effects.map((e) => html`<th scope="col">${t('effect.' + e)}</th>`)}</tr></thead>
      <tbody>${faults.steps.map((s) => html`<tr><th scope="row">${t('drill.' + s.name)}</th>${faults.effects.map((e) => html`<td>
        <${Button} verdict=${cells[`${s.name} ${e}`]} chosen=${shown === `${s.name} ${e}`} disabled=${task.busy || !faults.can}
          label=${`${t('drill.' + s.name)}, ${t('effect.' + e)}`} onClick=${() => task.run(() => strike(s.name, e))} /></td>`)}</tr>`)}</tbody>
    </table></div>
    <${Problem} problem=${task.problem} />
    ${shown && html`<${Cell} verdict=${cells[shown]} step=${step} effect=${effect} />`}
  <//>`;
}

function Button({ verdict, chosen, disabled, label, onClick }) {
  const tone = verdict ? (verdict.right ? 'good' : 'bad') : '';
  return html`<button type="button" class=${'cell secondary ' + tone} aria-pressed=${chosen ? 'true' : 'false'} disabled=${disabled} onClick=${onClick} aria-label=${label}>
    ${verdict ? html`<${Tick} ok=${verdict.right} /> ${verdict.first.status === 200 ? t('matrix.answered') : t('matrix.unknown')}` : t('matrix.buy')}</button>`;
}
