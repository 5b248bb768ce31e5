// Accounts: who has what.

import { html, useState } from '../vendor/preact-htm.js';
import { query } from '../lib/api.js';
import { count, money } from '../lib/format.js';
import { useLoaded, useSettled } from '../lib/hooks.js';
import { t } from '../lib/i18n.js';
import { Link } from '../lib/route.js';
import { Card, Loading, Table, Title } from '../lib/ui.js';

export function Accounts() {
  const [owner, setOwner] = useState('');
  const loaded = useLoaded('/api/accounts' + query({ owner: useSettled(owner) }));
  return html`<${Title} text=${t('nav.accounts')} lead=${t('accounts.lead')} />
    <${Card}>
      <label class="search">${t('filter.owner')}<input type="search" inputmode="numeric" value=${owner} onInput=${(e) => setOwner(e.target.value)} /></label>
      ${loaded.value ? html`<${List} ...${loaded.value} />` : html`<${Loading} loaded=${loaded} />`}
    <//>`;
}

function List({ accounts, more }) {
  const head = [t('account.owner'), t('account.state'), { name: t('account.balance'), number: true }, { name: t('account.paidIn'), number: true },
    { name: t('account.machines'), number: true }, t('account.verified')];
  const rows = accounts.map((a) => [
    html`<${Link} to=${'/accounts/' + a.owner}>${a.owner}<//>`, html`<${State} state=${a.state} />`, money(a.balance), money(a.paidIn), count(a.machines),
    a.verified ? t('yes') : t('no'),
  ]);
  return html`<${Table} label=${t('nav.accounts')} head=${head} rows=${rows} empty=${t('accounts.empty')} />
    ${more && html`<p class="quiet">${t('accounts.more', { n: accounts.length })}</p>`}`;
}

const tones = { running: 'good', expired: 'warn' };

export function State({ state }) {
  return html`<span class=${'badge ' + (tones[state] ?? '')}>${t('state.' + state)}</span>`;
}
