// One account: balance, books, the life of its instance, orders, and a deposit.

import { html, useState } from '../vendor/preact-htm.js';
import { post } from '../lib/api.js';
import { count, money, when } from '../lib/format.js';
import { useLoaded } from '../lib/hooks.js';
import { t } from '../lib/i18n.js';
import { Link } from '../lib/route.js';
import { Card, Loading, Problem, Stat, Table, Tick, Title } from '../lib/ui.js';
import { State } from './accounts.js';
import { Life } from './account/life.js';
import { newToken } from './try/form.js';

export function Account({ argument: owner }) {
  const loaded = useLoaded('/api/accounts/' + owner);
  const [seen, setSeen] = useState(null);
  if (loaded.value && loaded.value !== seen) setSeen(loaded.value);
  const account = loaded.value ?? (loaded.problem ? null : seen);
  return html`<${Title} text=${owner} lead=${t('account.lead')}>
      <button type="button" class="secondary outline" onClick=${loaded.reload}>${t('account.reload')}</button>
      <${Link} to=${'/requests?owner=' + owner} role="button" class="secondary outline">${t('account.requests')}<//>
    <//>
    ${account ? html`<${Body} account=${account} reload=${loaded.reload} />` : html`<${Loading} loaded=${loaded} />`}`;
}

function Body({ account, reload }) {
  return html`<div class="stats">
      <${Stat} name=${t('account.balance')} value=${money(account.balance)} note="CNY" />
      <${Stat} name=${t('account.paidIn')} value=${money(account.paidIn)} note="CNY" />
      <${Stat} name=${t('account.state')} value=${html`<${State} state=${account.state} />`} note=${account.instance?.id ?? ''} />
      <${Stat} name=${t('account.machines')} value=${count(account.machines)} note=${account.verified ? t('account.isVerified') : t('account.notVerified')} />
    </div>
    <${Books} account=${account} />
    <${Card} title=${t('life.title')}><${Life} account=${account} /><//>
    <${Deposit} owner=${account.owner} reload=${reload} />
    <${Orders} account=${account} />`;
}

function Books({ account }) {
  const charged = account.channels.reduce((sum, c) => sum + c.amount, 0);
  const right = account.paidIn - account.balance === charged && !account.findings;
  const head = [t('books.channel'), { name: t('books.orders'), number: true }, { name: t('books.credit'), number: true },
    { name: t('books.amount'), number: true }, t('books.rule'), t('books.right')];
  const rows = account.channels.map((c) => [
    t('channel.' + c.name), count(c.orders), money(c.credit), money(c.amount), t('rule.' + c.name), html`<${Tick} ok=${c.right} />`,
  ]);
  return html`<${Card} title=${t('books.title')}>
    <p class="equation"><${Tick} ok=${right} /> ${t('account.paidIn')} <b>${money(account.paidIn)}</b> − ${t('account.balance')} <b>${money(account.balance)}</b>${' '}
      = Σ ${t('books.charges')} <b>${money(charged)}</b></p>
    <${Table} label=${t('books.title')} head=${head} rows=${rows} />
    ${account.more && html`<p class="quiet">${t('books.more')}</p>`}
    ${account.findings && html`<ul class="findings">${account.findings.map((f) => html`<li><${Tick} ok=${false} /> ${f}</li>`)}</ul>`}
  <//>`;
}

// The key that may pay in for every local owner.
const financeKey = 'LTAI-local-finance';

function Deposit({ owner, reload }) {
  const [amount, setAmount] = useState('100.00');
  const [reference, setReference] = useState(newToken());
  const [state, setState] = useState({});
  const pay = async (event) => {
    event.preventDefault();
    const parameters = [['OwnerId', owner], ['Amount', amount], ['Reference', reference]].map(([Name, Value]) => ({ Name, Value }));
    try {
      const [outcome] = await post('/api/call', { key: financeKey, version: 'v1', operation: 'DepositBalance', parameters });
      setState({ outcome });
      reload();
    } catch (problem) {
      setState({ problem });
    }
  };
  return html`<${Card} title=${t('deposit.title')}>
    <p class="quiet">${t('deposit.text')}</p>
    <form class="grid" onSubmit=${pay}>
      <label>${t('deposit.amount')}<input value=${amount} inputmode="decimal" onInput=${(e) => setAmount(e.target.value)} /></label>
      <label>${t('deposit.reference')}<input value=${reference} onInput=${(e) => setReference(e.target.value)} /></label>
      <button type="submit">${t('deposit.do')}</button>
    </form>
    <${Problem} problem=${state.problem} />
    ${state.outcome && html`<${Paid} outcome=${state.outcome} />`}
  <//>`;
}

function Paid({ outcome }) {
  const answer = JSON.parse(outcome.body || '{}');
  const text = answer.OrderId ? t('deposit.done', { order: answer.OrderId }) : `${answer.Code}: ${answer.Message}`;
  return html`<p role="status" class=${answer.OrderId ? '' : 'problem'}>${text} <${Link} to=${'/requests/' + outcome.record}>${t('try.record')}<//></p>`;
}

function Orders({ account }) {
  const head = [t('order.at'), t('order.operation'), t('books.channel'), { name: t('books.amount'), number: true }, { name: t('books.credit'), number: true },
    t('order.until'), t('order.token'), t('order.reason'), t('order.id')];
  const rows = (account.orders ?? []).slice(0, 200).map((o) => [
    when(o.at), o.operation, t('channel.' + o.channel), money(o.amount), money(o.credit), when(o.expires).slice(0, 10), o.token, o.reason, html`<code>${o.id}</code>`,
  ]);
  return html`<${Card} title=${t('orders.title')}><${Table} label=${t('orders.title')} head=${head} rows=${rows} empty=${t('orders.empty')} /><//>`;
}
