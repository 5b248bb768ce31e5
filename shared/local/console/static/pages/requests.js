// Requests: the last ones, live, with filters.

import { html, useEffect, useMemo, useState } from '../vendor/preact-htm.js';
import { get, query } from '../lib/api.js';
import { clock, count, took } from '../lib/format.js';
import { useLive, useSettled } from '../lib/hooks.js';
import { t } from '../lib/i18n.js';
import { Link, usePath } from '../lib/route.js';
import { Card, CodeBadge, Problem, Title } from '../lib/ui.js';
import { VirtualList } from '../lib/virtual.js';

const fields = ['owner', 'code', 'requestId', 'token'];
const most = 10_000;

export function Requests() {
  const given = new URLSearchParams(usePath().split('?')[1]);
  const [filter, setFilter] = useState(Object.fromEntries(fields.map((f) => [f, given.get(f) ?? ''])));
  const [paused, setPaused] = useState(false);
  const settled = query(useSettled(filter));
  const { list, problem } = useRequests(settled, paused);
  return html`<${Title} text=${t('nav.requests')} lead=${t('requests.lead')}>
      <button type="button" class="secondary outline" aria-pressed=${paused ? 'true' : 'false'} onClick=${() => setPaused(!paused)}>${t(paused ? 'requests.resume' : 'requests.pause')}</button>
    <//>
    <${Card}>
      <${Filters} filter=${filter} set=${(name, value) => setFilter({ ...filter, [name]: value })} />
      <${Problem} problem=${problem} />
      <p class="quiet" role="status">${t('requests.count', { n: count(list.length) })}</p>
      <${Head} />
      ${list.length ? html`<${VirtualList} label=${t('nav.requests')} items=${list} height=${36} row=${Row} keyOf=${(r) => r.seq} />`
        : html`<p class="empty">${t('requests.empty')}</p>`}
    <//>`;
}

// useRequests loads the list and follows it. A record that changed replaces the old one.
function useRequests(filters, paused) {
  const [records, setRecords] = useState(new Map());
  const [position, setPosition] = useState(null);
  const [problem, setProblem] = useState(null);
  useEffect(() => {
    const aborted = new AbortController();
    setPosition(null);
    get('/api/requests' + filters, aborted.signal).then((loaded) => {
      setRecords(new Map(loaded.requests.map((r) => [r.seq, r])));
      setPosition(loaded.position);
      setProblem(null);
    }).catch((failed) => failed.name === 'AbortError' || setProblem(failed));
    return () => aborted.abort();
  }, [filters, paused]);
  const live = position === null || paused ? null : '/api/requests/live' + (filters ? filters + '&' : '?') + 'position=' + position;
  const broken = useLive(live, (changed) => setRecords((old) => new Map([...old, ...changed.map((r) => [r.seq, r])])));
  const list = useMemo(() => [...records.values()].sort((a, b) => b.seq - a.seq).slice(0, most), [records]);
  return { list, problem: problem ?? broken };
}

function Filters({ filter, set }) {
  return html`<div class="grid filters" role="search">${fields.map((name) => html`<label>${t('filter.' + name)}
    <input type="search" value=${filter[name]} autocomplete="off" onInput=${(e) => set(name, e.target.value)} /></label>`)}</div>`;
}

function Head() {
  return html`<div class="request head" aria-hidden="true"><span>${t('request.at')}</span><span>${t('request.operation')}</span><span>${t('request.owner')}</span>
    <span>${t('request.code')}</span><span class="number">${t('request.took')}</span><span class="number">${t('request.trips')}</span><span>RequestId</span></div>`;
}

function Row(r) {
  return html`<${Link} to=${'/requests/' + r.seq} class="request">
    <span>${clock(r.at)}</span><span>${r.operation || r.function}</span><span>${r.owner || '–'}</span>
    <span><${CodeBadge} plain code=${r.code} />${r.replayed && html` <span class="badge">${t('request.replayed')}</span>`}</span>
    <span class="number">${took(r.us)}</span><span class="number">${r.trips}</span><span><code>${r.requestId || r.id}</code></span>
  <//>`;
}
