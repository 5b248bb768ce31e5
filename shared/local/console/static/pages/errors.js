// Errors: what each code means, and what to do. Answers link here.

import { html, useState } from '../vendor/preact-htm.js';
import { useLoaded } from '../lib/hooks.js';
import { pick, t } from '../lib/i18n.js';
import { Link } from '../lib/route.js';
import { Card, Code, Loading, Table, Title } from '../lib/ui.js';

export function Errors() {
  const loaded = useLoaded('/api/errors');
  const [search, setSearch] = useState('');
  return html`<${Title} text=${t('nav.errors')} lead=${t('errors.lead')} />
    <${Card}><label class="search">${t('errors.search')}<input type="search" value=${search} onInput=${(e) => setSearch(e.target.value)} /></label>
      ${loaded.value ? html`<${List} all=${loaded.value} search=${search} />` : html`<${Loading} loaded=${loaded} />`}<//>`;
}

function List({ all, search }) {
  const wanted = search.toLowerCase();
  const found = all.filter((e) => [e.code, pick(e.cause), pick(e.mend)].some((text) => text.toLowerCase().includes(wanted)));
  const rows = found.map((e) => [html`<${Link} to=${'/errors/' + e.code}>${e.code}<//>`, e.status, pick(e.cause), pick(e.mend)]);
  return html`<${Table} label=${t('nav.errors')} head=${[t('errors.code'), 'HTTP', t('errors.cause'), t('errors.mend')]} rows=${rows} empty=${t('errors.empty')} />`;
}

export function ErrorPage({ argument: code }) {
  const loaded = useLoaded('/api/errors');
  if (!loaded.value) return html`<${Title} text=${code} /><${Loading} loaded=${loaded} />`;
  const found = loaded.value.find((e) => e.code === code);
  if (!found) return html`<${Title} text=${code} lead=${t('errors.unknown')} /><p><${Link} to="/errors">${t('errors.all')}<//></p>`;
  return html`<${Title} text=${found.code} lead=${'HTTP ' + found.status + (found.own ? ' · ' + t('errors.own') : '')} />
    <${Card} title=${t('errors.message')}><p>${pick(found.message)}</p><//>
    <${Card} title=${t('errors.cause')}><p>${pick(found.cause)}</p><//>
    <${Card} title=${t('errors.mend')}><p>${pick(found.mend)}</p><//>
    <${Card} title=${t('errors.example')}><${Code} text=${found.example} label=${t('errors.example')} /><//>
    <${Card} title=${t('errors.operations')}><p>${(found.operations ?? []).join(', ') || t('errors.any')}</p>
      <p><${Link} to=${'/requests?code=' + found.code}>${t('errors.seen')}<//></p><//>`;
}
