// Try it: a form for each operation, sent for real.

import { html, useEffect, useState } from '../vendor/preact-htm.js';
import { get, post } from '../lib/api.js';
import { useLoaded, useSettled } from '../lib/hooks.js';
import { pick, t } from '../lib/i18n.js';
import { Card, Loading, Problem, Title } from '../lib/ui.js';
import { Parameter, first, newToken, sent } from './try/form.js';
import { Outcomes } from './try/outcomes.js';
import { Preview } from './try/preview.js';

export function Try() {
  const about = useLoaded('/api/about');
  const keys = useLoaded('/api/keys');
  const from = new URLSearchParams(location.search).get('from');
  const edited = useLoaded(from && '/api/requests/' + encodeURIComponent(from));
  const waits = [about, keys, ...(from ? [edited] : [])].find((loaded) => !loaded.value);
  return html`<${Title} text=${t('nav.try')} lead=${t('try.lead')} />
    ${waits ? html`<${Loading} loaded=${waits} />`
      : html`<${Console} about=${about.value} keys=${keys.value} start=${edited.value?.form} />`}`;
}

function Console({ about, keys, start }) {
  const [form, setForm] = useState(() => initial(about, keys, start));
  const [outcomes, setOutcomes] = useState([]);
  const operation = about.operations.find((o) => o.name === form.operation);
  const change = (part) => setForm((old) => ({ ...old, ...part }));
  const set = (name, value) => setForm((old) => ({ ...old, values: { ...old.values, [name]: value } }));
  const call = sent(form, operation);
  return html`<div class="split">
    <div>
      <${Card} title=${t('try.call')}>
        <${Picker} about=${about} keys=${keys} form=${form} change=${change} />
        <p class="quiet">${t('sentence', { text: pick(operation.text) })} ${t('sentence', { text: pick(operation.rules) })}</p>
        <${Fields} operation=${operation} about=${about} keys=${keys} form=${form} set=${set} />
        <${Send} call=${call} form=${form} set=${set} add=${(more) => setOutcomes((old) => [...more, ...old])} />
      <//>
      <${Outcomes} outcomes=${outcomes} token=${form.values.ClientToken} owner=${ownerOf(form, keys)} />
    </div>
    <${Preview} call=${useSettled(JSON.stringify(call))} />
  </div>`;
}

// initial is the form of a recorded call, or of a first purchase.
function initial(about, keys, start) {
  const operation = about.operations.find((o) => o.name === start?.operation) ?? about.operations[0];
  const form = { operation: operation.name, version: start?.version ?? 'v1', key: start?.key ?? keys[0].id, values: first(operation) };
  if (!start) form.key = suited(keys, operation, form.key);
  for (const { Name, Value } of start?.parameters ?? []) form.values[Name] = Value;
  return form;
}

// suited is the key to call an operation with, if the chosen one may not.
function suited(keys, operation, chosen) {
  const may = (key) => !key.disabled && (!operation.granted || key.operations?.includes(operation.name));
  const plain = (key) => may(key) && !key.reseller;
  const current = keys.find((key) => key.id === chosen);
  if (current && may(current) && (operation.granted || !current.operations?.length)) return chosen;
  return (keys.find(plain) ?? keys.find(may) ?? keys[0]).id;
}

export const ownerOf = (form, keys) => form.values.OwnerId || keys.find((key) => key.id === form.key)?.owner || '';

function Picker({ about, keys, form, change }) {
  const choose = (name) => {
    const operation = about.operations.find((o) => o.name === name);
    const key = suited(keys, operation, form.key);
    const kept = Object.fromEntries(Object.entries(form.values).filter(([field]) => field === 'OwnerId' || field === 'InstanceId'));
    change({ operation: name, key, values: { ...first(operation), ...kept, ...ownerFor(keys, key, kept.OwnerId) } });
  };
  const chooseKey = (id) => change({ key: id, values: { ...form.values, ...ownerFor(keys, id, form.values.OwnerId) } });
  return html`<div class="grid">
    <label>${t('try.operation')}<select value=${form.operation} onChange=${(e) => choose(e.target.value)}>
      ${about.operations.map((o) => html`<option value=${o.name}>${o.name}</option>`)}</select></label>
    <label>${t('try.key')}<select value=${form.key} onChange=${(e) => chooseKey(e.target.value)}>
      ${keys.map((key) => html`<option value=${key.id} disabled=${key.disabled}>${key.id}</option>`)}</select></label>
    <label>${t('try.version')}<select value=${form.version} onChange=${(e) => change({ version: e.target.value })}>
      <option value="v1">1.0, HMAC-SHA1</option><option value="v3">ACS3-HMAC-SHA256</option></select></label>
  </div>`;
}

// ownerFor keeps an owner that a key may act for, and names one for a reseller's key.
function ownerFor(keys, id, owner) {
  const key = keys.find((k) => k.id === id);
  if (owner && key.owners?.includes(owner)) return { OwnerId: owner };
  return { OwnerId: key.reseller ? key.owners?.[0] ?? '' : '' };
}

function Fields({ operation, about, keys, form, set }) {
  const key = keys.find((k) => k.id === form.key);
  const owner = ownerOf(form, keys);
  const [live, setLive] = useState('');
  useEffect(() => {
    setLive('');
    if (owner) get('/api/accounts/' + owner).then((a) => setLive(a.instance?.id ?? ''), () => setLive(''));
  }, [owner, form.operation]);
  return html`<div class="fields">${operation.parameters.map((parameter) => html`<${Parameter} key=${parameter.name} parameter=${parameter}
    value=${form.values[parameter.name] ?? ''} onChange=${(value) => set(parameter.name, value)}
    owners=${key.owners ?? []} editions=${about.editions} live=${live} />`)}</div>`;
}

function Send({ call, form, set, add }) {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState(null);
  const send = async (how) => {
    setBusy(true);
    setProblem(null);
    try {
      const answers = await post('/api/call', { ...call, ...how });
      add(answers.reverse().map((outcome) => ({ ...outcome, operation: call.operation, token: form.values.ClientToken ?? '' })));
    } catch (failed) {
      setProblem(failed);
    }
    setBusy(false);
  };
  const hasToken = form.values.ClientToken !== undefined;
  return html`<div class="buttons">
      <button type="button" disabled=${busy} onClick=${() => send({})}>${t('try.send')}</button>
      <button type="button" class="secondary" disabled=${busy} onClick=${() => send({ times: 2 })}>${t('try.twice')}</button>
      <button type="button" class="secondary" disabled=${busy} onClick=${() => send({ lose: true })}>${t('try.lose')}</button>
      ${hasToken && html`<button type="button" class="secondary outline" onClick=${() => set('ClientToken', newToken())}>${t('try.newToken')}</button>`}
    </div>
    ${hasToken && html`<p class="quiet">${t('try.sameToken')}</p>`}
    <${Problem} problem=${problem} />`;
}
