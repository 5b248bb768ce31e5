// One cell of the matrix: what the two calls were answered, and what was charged.

import { html } from '../../vendor/preact-htm.js';
import { money, took } from '../../lib/format.js';
import { t } from '../../lib/i18n.js';
import { Link } from '../../lib/route.js';
import { CodeBadge, Tick } from '../../lib/ui.js';

export function Cell({ verdict, step, effect }) {
  return html`<div class="verdict" aria-live="polite"><h3>${t('drill.' + step)} × ${t('effect.' + effect)}</h3>
    <p class="quiet">${t('matrix.met', { n: verdict.met })}</p>
    <ol class="way"><${Call} name=${t('matrix.first')} outcome=${verdict.first} /><${Call} name=${t('matrix.second')} outcome=${verdict.second} /></ol>
    <p class="promise"><${Tick} ok=${verdict.right} /> ${t('matrix.verdict', { orders: verdict.orders, charged: money(verdict.charged), order: verdict.orderId })}</p>
    ${verdict.findings?.map((f) => html`<p class="problem">${f}</p>`)}</div>`;
}

function Call({ name, outcome }) {
  const code = codeOf(outcome);
  return html`<li class=${'stop ' + (code === 'OK' ? 'good' : 'warn')}><strong>${name}</strong><span><${CodeBadge} plain code=${code} /> ${took(outcome.us)}</span>
    ${outcome.record && html`<${Link} to=${'/requests/' + outcome.record}>${t('try.record')}<//>`}</li>`;
}

function codeOf(outcome) {
  if (outcome.status === 200) return 'OK';
  try {
    return JSON.parse(outcome.body).Code;
  } catch {
    return outcome.error || String(outcome.status);
  }
}
