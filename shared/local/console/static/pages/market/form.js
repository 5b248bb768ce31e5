// The fields of the marketplace's calls.

import { html } from '../../vendor/preact-htm.js';
import { t } from '../../lib/i18n.js';

const random = () => Array.from(crypto.getRandomValues(new Uint8Array(3)), (byte) => byte.toString(16).padStart(2, '0')).join('');

// inMonths writes a moment as the marketplace does, so many months ahead.
function inMonths(months) {
  const at = new Date();
  at.setMonth(at.getMonth() + months, 1);
  return at.toISOString().slice(0, 10) + ' 00:00:00';
}

// made are the values of the moment. What names an instance or its buyer is kept from the
// call before, so that a renewal follows a creation.
const made = {
  aliUid: (before) => before.aliUid ?? '2000000000000010',
  orderBizId: () => 'biz-' + random(),
  orderId: () => 'order-' + random(),
  instanceId: (before) => before.instanceId || before.orderBizId || '',
  expiredOn: (before, action) => inMonths(action === 'createInstance' || action === 'refundRenewInstance' ? 2 : 3),
};

// filled are the values of a new form of an action.
export function filled(market, action, before) {
  const { parameters } = market.actions.find((a) => a.name === action);
  const values = Object.fromEntries(parameters.map((p) => [p.Name, made[p.Name]?.(before, action) ?? p.Value]));
  for (const name of ['aliUid', 'orderBizId', 'instanceId']) values[name] ??= before[name];
  return values;
}

export function Field({ name, value, skus, onChange }) {
  const id = 'spi-' + name;
  const common = { id, value, 'aria-describedby': id + '-help', onInput: (e) => onChange(e.target.value) };
  return html`<div class="field"><label for=${id}>${name}</label>
    ${name === 'skuId' ? html`<input ...${common} list="skus" autocomplete="off" /><datalist id="skus">${skus.map((sku) => html`<option value=${sku} />`)}</datalist>`
      : html`<input ...${common} autocomplete="off" />`}
    <small id=${id + '-help'}>${t('spi.' + name)}</small></div>`;
}
