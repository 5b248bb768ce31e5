// The fields of an operation's parameters.

import { html } from '../../vendor/preact-htm.js';
import { pick, t } from '../../lib/i18n.js';

// newToken names a purchase: its day and eight random characters.
export function newToken() {
  const day = new Date().toISOString().slice(0, 10);
  const random = Array.from(crypto.getRandomValues(new Uint8Array(4)), (byte) => byte.toString(16).padStart(2, '0')).join('');
  return `try-${day}-${random}`;
}

// filled are the parameters that name something of the moment.
const filled = { ClientToken: newToken, Reference: newToken, InstanceId: () => '' };

// first are the values of a new form.
export function first(operation) {
  const values = {};
  for (const p of operation.parameters) values[p.name] = p.required || p.example ? (filled[p.name]?.() ?? p.example) : '';
  return values;
}

// sent is the call that a form stands for. Empty fields are left out.
export function sent(form, operation) {
  const parameters = operation.parameters
    .map((p) => ({ Name: p.name, Value: form.values[p.name] ?? '' }))
    .filter((p) => p.Value !== '');
  return { key: form.key, version: form.version, operation: form.operation, parameters };
}

export function Parameter({ parameter, value, onChange, owners, editions, live }) {
  const help = 'help-' + parameter.name;
  return html`<div class="field">
    <label for=${'field-' + parameter.name}>${parameter.name}${parameter.required && html`<abbr title=${t('try.required')}>*</abbr>`}</label>
    <${Input} ...${{ parameter, value, onChange, owners, editions, live, help }} />
    <small id=${help}>${pick(parameter.text)}</small>
  </div>`;
}

function Input({ parameter, value, onChange, owners, editions, live, help }) {
  const common = { id: 'field-' + parameter.name, 'aria-describedby': help, value, onInput: (e) => onChange(e.target.value) };
  const options = choices(parameter, editions);
  if (options) {
    return html`<select ...${common}>${!parameter.required && html`<option value="">–</option>`}
      ${options.map(([v, name]) => html`<option value=${v}>${name}</option>`)}</select>`;
  }
  if (parameter.name === 'OwnerId') {
    return html`<input ...${common} list="owners" inputmode="numeric" /><datalist id="owners">${owners.map((o) => html`<option value=${o} />`)}</datalist>`;
  }
  if (parameter.name === 'InstanceId') {
    return html`<div class="with"><input ...${common} />${live && html`<button type="button" class="secondary outline" onClick=${() => onChange(live)}>${t('try.live')}</button>`}</div>`;
  }
  const number = parameter.type === 'Integer' ? { inputmode: 'numeric' } : {};
  return html`<input ...${common} ...${number} autocomplete="off" />`;
}

// choices are the values of a parameter that is one of a few.
function choices(parameter, editions) {
  if (parameter.name === 'VersionCode') return editions.map((e) => [String(e.versionCode), `${e.versionCode} ${e.name}`]);
  if (parameter.type === 'Boolean') return [['true', 'true'], ['false', 'false']];
  if (parameter.values) return parameter.values.map((v) => [v, v]);
  return null;
}
