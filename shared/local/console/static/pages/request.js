// One request: all that happened from its arrival to its answer.

import { html, useState } from '../vendor/preact-htm.js';
import { post } from '../lib/api.js';
import { money, took, when } from '../lib/format.js';
import { useLoaded } from '../lib/hooks.js';
import { pick, t } from '../lib/i18n.js';
import { Link, go } from '../lib/route.js';
import { Card, Code, CodeBadge, Loading, Problem, Stat, Tabs, Tick, Title } from '../lib/ui.js';
import { Waterfall } from './request/waterfall.js';

export function Request({ argument }) {
  const loaded = useLoaded('/api/requests/' + encodeURIComponent(argument));
  if (!loaded.value) return html`<${Title} text=${t('request.title')} /><${Loading} loaded=${loaded} />`;
  return html`<${Detail} detail=${loaded.value} />`;
}

function Detail({ detail }) {
  const s = detail.summary;
  const refused = detail.verdict?.some((f) => !f.ok);
  return html`<${Title} text=${s.operation || s.function} lead=${s.requestId || s.id}><${Actions} detail=${detail} /><//>
    <div class="stats">
      <${Stat} name=${t('request.code')} value=${html`<${CodeBadge} code=${s.code} />`} note=${s.replayed ? t('request.replayed.note') : s.status ? 'HTTP ' + s.status : ''} />
      <${Stat} name=${t('request.took')} value=${took(s.us)} note=${when(s.at)} />
      <${Stat} name=${t('request.trips')} value=${s.trips} note=${s.cold ? t('request.cold') : s.function} />
      <${Stat} name=${t('request.owner')} value=${s.owner || '–'} note=${s.key} to=${s.owner ? '/accounts/' + s.owner : undefined} />
      <${Stat} name=${t('request.charged')} value=${money(s.charged)} note=${s.orderId} />
    </div>
    ${refused && html`<${Verdict} verdict=${detail.verdict} />`}
    <${Card} title=${t('request.waterfall')}><${Waterfall} trips=${detail.trips ?? []} total=${s.us} left=${detail.left} /><//>
    <${Card}><${Tabs} label=${t('request.title')} tabs=${[
      detail.request && { name: t('request.raw'), body: html`<${Code} tall text=${detail.request} label=${t('request.raw')} />` },
      detail.answer && { name: t('request.answer'), body: html`<${Code} tall text=${detail.answer} label=${t('request.answer')} />` },
      { name: t('request.event'), body: html`<${Code} tall text=${detail.event} label=${t('request.event')} />` },
      { name: t('request.result'), body: html`<${Code} tall text=${detail.result} label=${t('request.result')} />` },
      { name: t('request.log'), body: html`<${Lines} lines=${detail.lines ?? []} />` },
      detail.verdict && { name: t('request.signature'), body: html`<${Findings} verdict=${detail.verdict} />` },
    ]} /><//>`;
}

function Verdict({ verdict }) {
  return html`<${Card} title=${t('request.verdict')}><p class="quiet">${t('request.verdict.text')}</p><${Findings} verdict=${verdict} /><//>`;
}

function Findings({ verdict }) {
  return html`<ul class="findings">${verdict.map((f) => html`<li><${Tick} ok=${f.ok} /> <strong>${t('finding.' + f.what.replaceAll(' ', '-'))}</strong> <span>${pick(f.text)}</span></li>`)}</ul>`;
}

function Lines({ lines }) {
  if (lines.length === 0) return html`<p class="empty">${t('request.log.empty')}</p>`;
  return html`<${Code} tall text=${lines.map((l) => `+${took(l.us).padStart(9)}  ${l.text.trimEnd()}`).join('\n')} label=${t('request.log')} />`;
}

function Actions({ detail }) {
  const [state, setState] = useState({});
  if (!detail.form) return null;
  const repeat = async () => {
    try {
      const [outcome] = await post(`/api/repeat/${detail.summary.seq}`, {});
      go('/requests/' + outcome.record);
    } catch (problem) {
      setState({ problem });
    }
  };
  return html`<button type="button" class="secondary outline" onClick=${repeat}>${t('request.repeat')}</button>
    <${Link} to=${'/try?from=' + detail.summary.seq} role="button">${t('request.edit')}<//>
    <${Save} seq=${detail.summary.seq} operation=${detail.form.operation} />
    <${Problem} problem=${state.problem} />`;
}

// Save writes the call into events/ under a name.
function Save({ seq, operation }) {
  const [state, setState] = useState({ open: false });
  const [name, setName] = useState(operation.toLowerCase() + '-1');
  const save = async (event) => {
    event.preventDefault();
    try {
      setState({ open: false, saved: (await post(`/api/requests/${seq}/save`, { name })).file });
    } catch (problem) {
      setState({ open: true, problem });
    }
  };
  if (state.saved) return html`<span role="status">${t('request.saved', { file: state.saved })}</span>`;
  if (!state.open) return html`<button type="button" class="secondary outline" onClick=${() => setState({ open: true })}>${t('request.save')}</button>`;
  return html`<form onSubmit=${save} class="with"><input value=${name} aria-label=${t('request.save.name')} onInput=${(e) => setName(e.target.value)} />
    <button type="submit">${t('request.save.do')}</button></form><${Problem} problem=${state.problem} />`;
}
