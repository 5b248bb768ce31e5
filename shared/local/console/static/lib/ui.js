// Small components that several pages share.

import { html, useEffect, useRef, useState } from '../vendor/preact-htm.js';
import { t } from './i18n.js';
import { Link } from './route.js';

export function Title({ text, lead, children }) {
  return html`<header class="title"><div><h1>${text}</h1>${lead && html`<p>${lead}</p>`}</div><div class="actions">${children}</div></header>`;
}

export function Card({ title, aside, children, ...rest }) {
  return html`<section class="card" ...${rest}>
    ${title && html`<header><h2>${title}</h2>${aside && html`<div class="aside">${aside}</div>`}</header>`}
    ${children}
  </section>`;
}

export function Stat({ name, value, note, tone = '', to }) {
  const long = typeof value === 'string' && value.length > 14;
  const inside = html`<span class="name">${name}</span><span class=${long ? 'value long' : 'value'}>${value}</span><span class="note">${note}</span>`;
  return to ? html`<${Link} to=${to} class=${'stat ' + tone}>${inside}<//>` : html`<div class=${'stat ' + tone}>${inside}</div>`;
}

// Problem shows why something could not be done, with what can be done about it.
export function Problem({ problem }) {
  if (!problem) return null;
  return html`<p class="problem" role="alert"><strong>${t('problem.' + (problem.kind ?? 'failed'))}</strong> <span>${problem.message}</span></p>`;
}

export function Loading({ loaded }) {
  if (loaded.problem) return html`<${Problem} problem=${loaded.problem} />`;
  return html`<p aria-busy="true">${t('loading')}</p>`;
}

// Code is text to read and to copy.
export function Code({ text, label, tall }) {
  return html`<div class="code">
    <${Copy} text=${text} label=${label} />
    <pre tabindex="0" role="region" aria-label=${label} class=${tall ? 'tall' : ''}><code>${text}</code></pre>
  </div>`;
}

export function Copy({ text, label }) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return undefined;
    const timer = setTimeout(() => setCopied(false), 1500);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = () => navigator.clipboard.writeText(text).then(() => setCopied(true));
  return html`<button type="button" class="copy" onClick=${copy} aria-label=${t('copy.of', { what: label })}>${copied ? t('copied') : t('copy')}</button>`;
}

// CodeBadge is the code of an outcome, with its page.
export function CodeBadge({ code, plain }) {
  if (!code) return html`<span class="badge">–</span>`;
  const tone = code === 'OK' || code === 'DryRunOperation' ? 'good' : 'bad';
  if (plain || code === 'OK') return html`<span class=${'badge ' + tone}>${code}</span>`;
  return html`<${Link} to=${'/errors/' + code} class=${'badge ' + tone}>${code}<//>`;
}

export function Tick({ ok }) {
  return html`<span class=${'tick ' + (ok ? 'good' : 'bad')} role="img" aria-label=${ok ? t('tick.right') : t('tick.wrong')}>${ok ? '✓' : '✗'}</span>`;
}

// Tabs shows one of several panels; arrow keys move between them.
export function Tabs({ label, tabs }) {
  const shown = tabs.filter((tab) => tab);
  const [chosen, setChosen] = useState(0);
  const list = useRef(null);
  const at = Math.min(chosen, shown.length - 1);
  const move = (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const next = (at + step + shown.length) % shown.length;
    setChosen(next);
    list.current.children[next].focus();
  };
  return html`<div class="tabs">
    <div role="tablist" aria-label=${label} ref=${list} onKeyDown=${move}>
      ${shown.map((tab, i) => html`<button type="button" role="tab" aria-selected=${i === at ? 'true' : 'false'}
        tabindex=${i === at ? 0 : -1} onClick=${() => setChosen(i)}>${tab.name}</button>`)}
    </div>
    <div role="tabpanel" aria-label=${shown[at].name}>${shown[at].body}</div>
  </div>`;
}

// Table is a table that scrolls sideways on its own.
export function Table({ label, head, rows, empty }) {
  if (rows.length === 0) return html`<p class="empty">${empty}</p>`;
  return html`<div class="table" tabindex="0" role="region" aria-label=${label}><table>
    <thead><tr>${head.map((h) => html`<th scope="col" class=${h.number ? 'number' : ''}>${h.name ?? h}</th>`)}</tr></thead>
    <tbody>${rows.map((row) => html`<tr>${row.map((cell, i) => html`<td class=${head[i].number ? 'number' : ''}>${cell}</td>`)}</tr>`)}</tbody>
  </table></div>`;
}
