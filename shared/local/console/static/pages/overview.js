// Overview: what runs, live.

import { html, useRef, useState } from '../vendor/preact-htm.js';
import { bytes, count, money, took, when } from '../lib/format.js';
import { useLive, useLoaded } from '../lib/hooks.js';
import { t } from '../lib/i18n.js';
import { Chart } from '../lib/chart.js';
import { Card, Code, Loading, Problem, Stat, Table, Tick, Title } from '../lib/ui.js';

export function Overview() {
  const [state, setState] = useState(null);
  const rates = useRef(new Rates());
  const problem = useLive('/api/overview/live', (now) => { rates.current.add(now); setState(now); });
  return html`<${Title} text=${t('nav.overview')} lead=${t('overview.lead')} />
    <${Problem} problem=${problem} />
    ${state ? html`<${State} state=${state} rates=${rates.current} />` : !problem && html`<p aria-busy="true">${t('loading')}</p>`}`;
}

// seconds is how far the chart goes back.
const seconds = 120;

// Rates keeps the requests of each second.
class Rates {
  times = [];
  values = [];
  last = null;

  add(state) {
    const recorded = state.kept.recorded;
    if (this.last !== null) {
      this.times.push(Math.round(Date.now() / 1000));
      this.values.push(recorded - this.last);
    }
    this.last = recorded;
    this.times = this.times.slice(-seconds);
    this.values = this.values.slice(-seconds);
  }
}

// Build is the last build of scripts/local -watch.
function Build({ build }) {
  if (!build || (!build.building && !build.error && !build.functions)) return null;
  const milliseconds = Math.round(build.took / 1e6);
  if (!build.error) {
    return html`<p class="promise" role="status">${build.building ? t('build.now') : t('build.done', { functions: build.functions.join(', '), milliseconds: count(milliseconds) })}</p>`;
  }
  return html`<${Card} title=${t('build.failed')}><p class="problem" role="alert">${t('build.failed.text')}</p><${Code} text=${build.error} label=${t('build.failed')} /><//>`;
}

function State({ state, rates }) {
  return html`<${Build} build=${state.build} /><div class="stats">
      <${Stat} name=${t('overview.requests')} value=${count(state.kept.recorded)} to="/requests"
        note=${t('overview.kept', { n: count(state.kept.requests), size: bytes(state.kept.bytes) })} />
      <${Stat} name=${t('overview.queue')} value=${count(state.queue.waiting)}
        note=${t('overview.queue.note', { flight: count(state.queue.inFlight), settled: count(state.queue.settled) })} />
      <${Stat} name=${t('overview.letters')} value=${count(state.letters.dead) + (state.letters.more ? '+' : '')} tone=${state.letters.dead ? 'bad' : ''}
        note=${t('overview.letters.note', { held: count(state.letters.held) })} />
      <${Stat} name=${t('overview.clock')} value=${when(state.now).slice(5, 16)} note=${offset(state.offset)} />
      ${state.store && html`<${Stat} name=${t('overview.store')} value=${count(state.store.requests)}
        note=${t('overview.store.note', { rows: count(state.store.rows), size: bytes(state.store.bytes) })} />`}
      <${Books} />
    </div>
    <${Card} title=${t('overview.rate')}><${Chart} times=${rates.times} values=${rates.values} label=${t('overview.rate')} unit=${t('overview.rate.unit')} /><//>
    <${Card} title=${t('overview.functions')}><${Functions} functions=${state.functions} /><//>`;
}

function offset(ahead) {
  if (ahead === 0) return t('overview.clock.real');
  const days = (ahead / 86400).toFixed(1);
  return t('overview.clock.ahead', { days });
}

function Books() {
  const loaded = useLoaded('/api/books');
  if (!loaded.value) return html`<div class="stat"><span class="name">${t('overview.books')}</span><${Loading} loaded=${loaded} /></div>`;
  const { accounts, paidIn, balance, charged, findings, more } = loaded.value;
  const right = paidIn - balance === charged && !findings;
  return html`<${Stat} name=${t('overview.books')} to="/accounts" tone=${right ? 'good' : 'bad'}
    value=${html`<${Tick} ok=${right} /> ${t(right ? 'overview.books.right' : 'overview.books.wrong')}`}
    note=${(more ? t('overview.books.first', { n: count(accounts) }) + ' ' : '') + t('overview.books.note', { accounts: count(accounts), paidIn: money(paidIn), balance: money(balance), charged: money(charged) })} />`;
}

function Functions({ functions }) {
  const head = [t('function'), t('function.instances'), { name: t('function.cold'), number: true }, { name: t('function.calls'), number: true },
    { name: t('function.failed'), number: true }, { name: 'p50', number: true }, { name: 'p99', number: true }];
  const rows = functions.map((f) => [
    html`<strong>${f.function}</strong>`, html`<${Instances} busy=${f.busy} all=${f.instances} />`, count(f.started), count(f.calls),
    f.failed ? html`<span class="badge bad">${count(f.failed)}</span>` : '0', f.calls ? took(f.p50) : '–', f.calls ? took(f.p99) : '–',
  ]);
  return html`<${Table} label=${t('overview.functions')} head=${head} rows=${rows} />`;
}

function Instances({ busy, all }) {
  const dots = Array.from({ length: Math.min(all, 16) }, (_, i) => html`<i class=${i < busy ? 'busy' : ''}></i>`);
  return html`<span class="instances" role="img" aria-label=${t('function.busy', { busy, all })}>${dots}</span> <span class="quiet">${busy} / ${all}</span>`;
}
