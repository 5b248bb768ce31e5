// Tokens: what became of each ClientToken, and how a reseller finishes one.

import { html, useState } from '../vendor/preact-htm.js';
import { post } from '../lib/api.js';
import { isSet, when } from '../lib/format.js';
import { useKept, useSettled, useTask } from '../lib/hooks.js';
import { t } from '../lib/i18n.js';
import { Link } from '../lib/route.js';
import { Card, Loading, Problem, Table, Title } from '../lib/ui.js';

const first = '1000000000000001';

export function Tokens() {
  const [owner, setOwner] = useState(new URLSearchParams(location.search).get('owner') ?? first);
  const [start, setStart] = useState('');
  const settled = useSettled(owner);
  const loaded = useKept(/^\d+$/.test(settled) ? `/api/accounts/${settled}/tokens?start=${encodeURIComponent(start)}` : null);
  const pending = useKept('/api/tokens');
  const reload = () => { loaded.reload(); pending.reload(); };
  return html`<${Title} text=${t('nav.tokens')} lead=${t('tokens.lead')}><button type="button" class="secondary outline" onClick=${reload}>${t('account.reload')}</button><//>
    <${Card} title=${t('tokens.pending')}>
      ${pending.value ? html`<${Pending} pending=${pending.value} reload=${reload} />` : html`<${Loading} loaded=${pending} />`}
    <//>
    <${Card} title=${t('tokens.of')}>
      <label class="search">${t('filter.owner')}<input type="search" inputmode="numeric" value=${owner} onInput=${(e) => { setOwner(e.target.value); setStart(''); }} /></label>
      ${loaded.value ? html`<${List} list=${loaded.value} />` : settled && html`<${Loading} loaded=${loaded} />`}
      ${loaded.value?.next && html`<button type="button" class="secondary" onClick=${() => setStart(loaded.value.next)}>${t('page.next')}</button>`}
    <//>`;
}

const tones = { done: 'good', pending: 'warn' };
const Badge = ({ state }) => html`<span class=${'badge ' + (tones[state] ?? '')}>${t('token.state.' + state)}</span>`;

function List({ list }) {
  const head = ['ClientToken', t('token.state'), t('order.operation'), t('request.parameters'), 'OrderId', ...(list.forwards ? [t('token.seller')] : [])];
  const rows = list.tokens.map((one) => [
    html`<${Link} to=${'/requests?token=' + encodeURIComponent(one.token)}><code>${one.token}</code><//>`, html`<${Badge} state=${one.state} />`, one.operation,
    html`<${Parameters} all=${one.parameters} />`, html`<code>${one.orderId || '–'}</code>`, ...(list.forwards ? [html`<${Seller} token=${one} />`] : []),
  ]);
  return html`<${Table} label=${t('tokens.of')} head=${head} rows=${rows} empty=${t('tokens.empty')} />`;
}

function Parameters({ all }) {
  return html`<code class="wrap">${Object.entries(all ?? {}).map(([name, value]) => `${name}=${value}`).join(' ')}</code>`;
}

function Seller({ token }) {
  if (!token.forwarded) return '–';
  return html`<code>${token.forwarded}</code> <span class="quiet">${token.seller ? t('token.seller.sold', { order: token.seller }) : t('token.seller.none')}</span>`;
}

function Pending({ pending, reload }) {
  if (!pending.forwards && pending.tokens.length === 0) return html`<p class="quiet">${t('tokens.sells')}</p>`;
  if (pending.tokens.length === 0) return html`<p class="empty">${t('tokens.pending.none')}</p>`;
  return html`<p class="quiet">${t('tokens.pending.text')}</p><ul class="letters">${pending.tokens.map((token) => html`<li key=${token.owner + token.token}>
    <${Unfinished} token=${token} reload=${reload} /></li>`)}</ul>`;
}

// Unfinished shows the life of a reservation: reserved, lease, doubt, end.
function Unfinished({ token, reload }) {
  const task = useTask();
  const resolve = () => task.run(async () => {
    await post(`/api/accounts/${token.owner}/tokens/resolve`, { token: token.token });
    reload();
  });
  const stops = [
    { name: t('token.reserved'), text: when(token.since), tone: 'good' },
    { name: t('token.lease'), text: when(token.lease), tone: token.held ? 'warn' : 'good' },
    { name: t('token.doubt'), text: isSet(token.doubt) ? when(token.doubt) : t('no'), tone: isSet(token.doubt) ? 'warn' : 'good' },
    { name: t('token.seller'), text: token.seller || t('token.seller.none'), tone: token.seller ? 'good' : 'waits' },
  ];
  return html`<p><code>${token.token}</code> <span class="quiet">${token.owner} · ${token.operation}</span></p>
    <ol class="way">${stops.map((s) => html`<li class=${'stop ' + s.tone}><strong>${s.name}</strong><span>${s.text}</span></li>`)}</ol>
    <div class="buttons"><button type="button" disabled=${task.busy} onClick=${resolve}>${t('token.resolve')}</button></div>
    <${Problem} problem=${task.problem} />`;
}
