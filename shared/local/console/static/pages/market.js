// Marketplace: sends the calls of the marketplace's SPI, and shows where each ends.

import { html, useEffect, useState } from '../vendor/preact-htm.js';
import { post } from '../lib/api.js';
import { useLoaded, useSettled, useTask } from '../lib/hooks.js';
import { t } from '../lib/i18n.js';
import { Card, Code, Loading, Problem, Title } from '../lib/ui.js';
import { Letters } from './market/letters.js';
import { Way } from './market/way.js';
import { filled, Field } from './market/form.js';

export function Market() {
  const loaded = useLoaded('/api/market');
  return html`<${Title} text=${t('nav.market')} lead=${t('market.lead')} />
    ${loaded.value ? html`<${Desk} market=${loaded.value} />` : html`<${Loading} loaded=${loaded} />`}`;
}

function Desk({ market }) {
  const [form, setForm] = useState(() => ({ action: 'createInstance', wrongToken: false, values: filled(market, 'createInstance', {}) }));
  const [sent, setSent] = useState(null);
  const [round, setRound] = useState(0);
  const call = callOf(market, form);
  const add = (outcome) => setSent({ outcome, action: form.action });
  return html`<div class="split">
      <${Form} market=${market} form=${form} setForm=${setForm} call=${call} add=${add} />
      <div>${sent && html`<${Way} sent=${sent} key=${sent.outcome.record} onEnd=${() => setRound((n) => n + 1)} />`}
        <${Token} call=${useSettled(JSON.stringify(call))} /></div>
    </div>
    <${Letters} round=${round} />`;
}

// callOf is the call that a form stands for. Empty fields are left out.
function callOf(market, form) {
  const names = market.actions.find((a) => a.name === form.action).parameters.map((p) => p.Name);
  const parameters = names.map((Name) => ({ Name, Value: form.values[Name] ?? '' })).filter((p) => p.Value !== '');
  return { wrongToken: form.wrongToken, parameters: [{ Name: 'action', Value: form.action }, ...parameters] };
}

function Form({ market, form, setForm, call, add }) {
  const task = useTask();
  const action = market.actions.find((a) => a.name === form.action);
  const choose = (name) => setForm({ ...form, action: name, values: filled(market, name, form.values) });
  const set = (name, value) => setForm({ ...form, values: { ...form.values, [name]: value } });
  const send = (event) => {
    event.preventDefault();
    task.run(async () => add(await post('/api/market/call', call)));
  };
  return html`<${Card} title=${t('market.call')}><form onSubmit=${send}>
    <label>${t('market.action')}<select value=${form.action} onChange=${(e) => choose(e.target.value)}>
      ${market.actions.map((a) => html`<option value=${a.name}>${a.name}</option>`)}</select></label>
    <p class="quiet">${t('action.' + form.action)}</p>
    <div class="fields">${action.parameters.map((p) => html`<${Field} key=${p.Name} name=${p.Name} value=${form.values[p.Name] ?? ''}
      skus=${market.skus} onChange=${(value) => set(p.Name, value)} />`)}</div>
    <label class="check"><input type="checkbox" checked=${form.wrongToken} onChange=${(e) => setForm({ ...form, wrongToken: e.target.checked })} /> ${t('market.wrongToken')}</label>
    <div class="buttons"><button type="submit" disabled=${task.busy}>${t('market.send')}</button>
      <button type="button" class="secondary outline" onClick=${() => setForm({ ...form, values: filled(market, form.action, {}) })}>${t('market.new')}</button></div>
    <p class="quiet">${t('market.again')}</p>
    <${Problem} problem=${task.problem} />
  </form><//>`;
}

function Token({ call }) {
  const [signed, setSigned] = useState(null);
  useEffect(() => {
    let current = true;
    post('/api/market/sign', JSON.parse(call)).then((value) => current && setSigned(value), () => current && setSigned(null));
    return () => { current = false; };
  }, [call]);
  if (!signed) return html`<p aria-busy="true">${t('loading')}</p>`;
  return html`<${Card} title=${t('market.token')}>
    <ol class="steps">${signed.steps.map((s) => html`<li><h3>${t('step.' + s.name)}</h3><p class="quiet">${t('step.' + s.name + '.text')}</p>
      <${Code} text=${s.value} label=${t('step.' + s.name)} /></li>`)}</ol>
    <h3>${t('try.request')}</h3><${Code} text=${signed.raw} label=${t('try.request')} />
  <//>`;
}
