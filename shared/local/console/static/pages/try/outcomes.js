// What callers got: each call that was sent from this page, and what it did to the account.

import { html } from '../../vendor/preact-htm.js';
import { money, took } from '../../lib/format.js';
import { useLoaded } from '../../lib/hooks.js';
import { t } from '../../lib/i18n.js';
import { Link } from '../../lib/route.js';
import { Card, Code, CodeBadge, Tick } from '../../lib/ui.js';

export function Outcomes({ outcomes, token, owner }) {
  if (outcomes.length === 0) return null;
  return html`<${Card} title=${t('try.outcomes')}>
    ${token && html`<${Promise} token=${token} owner=${owner} sent=${outcomes.filter((o) => o.token === token)} />`}
    <ol class="outcomes" aria-live="polite">${outcomes.map((o, i) => html`<${Outcome} outcome=${o} open=${i === 0} />`)}</ol>
  <//>`;
}

// Promise counts the orders of the token among the account's: one, however often it was
// sent.
function Promise({ token, owner, sent }) {
  const account = useLoaded(owner && sent.length ? `/api/accounts/${owner}?seen=${sent.length}` : null);
  if (!account.value) return null;
  const orders = (account.value.orders ?? []).filter((o) => o.token === token);
  const charged = orders.reduce((sum, o) => sum + o.amount, 0);
  return html`<p class="promise"><${Tick} ok=${orders.length <= 1} /> ${t('try.promise', {
    token, calls: sent.length, lost: sent.filter((o) => o.lost).length, orders: orders.length, charged: money(charged),
  })} <${Link} to=${'/accounts/' + owner}>${t('try.promise.account')}<//></p>`;
}

function parse(body) {
  try {
    return JSON.parse(body);
  } catch {
    return {};
  }
}

function Outcome({ outcome, open }) {
  const answer = parse(outcome.body);
  return html`<li><details open=${open}>
    <summary><span>${outcome.operation}</span> <${Verdict} outcome=${outcome} answer=${answer} />
      ${answer.OrderId && html`<code>${answer.OrderId}</code>`} <span class="quiet">${took(outcome.us)}</span></summary>
    ${outcome.lost && html`<p>${t('try.lost.text')}</p>`}
    ${outcome.error && html`<p class="problem">${outcome.error}</p>`}
    ${outcome.body && html`<${Code} text=${outcome.body} label=${t('try.answer')} />`}
    <p>${outcome.record && html`<${Link} to=${'/requests/' + outcome.record}>${t('try.record')}<//>`}</p>
  </details></li>`;
}

function Verdict({ outcome, answer }) {
  if (outcome.lost) return html`<span class="badge warn">${t('try.lost')}</span>`;
  if (outcome.error) return html`<span class="badge bad">${t('try.noAnswer')}</span>`;
  return html`<${CodeBadge} code=${answer.Code ?? (outcome.status === 200 ? 'OK' : String(outcome.status))} />`;
}
