// The life of an instance, drawn, with its present state.

import { html } from '../../vendor/preact-htm.js';
import { isSet, when } from '../../lib/format.js';
import { t } from '../../lib/i18n.js';

const size = { width: 150, height: 56 };
const places = { none: [10, 100], running: [290, 100], expired: [570, 100], released: [850, 100] };

// steps lead from one state to another, along a path, with a text at a place.
const steps = [
  { name: 'create', path: 'M160 128 H284', at: [222, 117] },
  { name: 'expire', path: 'M440 128 H564', at: [502, 117] },
  { name: 'release', path: 'M720 128 H844', at: [782, 117] },
  { name: 'change', path: 'M325 100 C325 40 395 40 395 94', at: [360, 44] },
  { name: 'renew', path: 'M645 156 C645 206 370 206 370 162', at: [508, 210] },
  { name: 'refund', path: 'M418 100 C458 16 925 16 925 94', at: [690, 26] },
  { name: 'again', path: 'M925 156 C925 262 330 262 330 162', at: [628, 254] },
];

export function Life({ account }) {
  return html`<div class="life" tabindex="0" role="region" aria-label=${t('life.title')}>
    <svg viewBox="0 0 1010 270" role="img" aria-label=${t('life.now', { state: t('state.' + account.state) })}>
      <defs><marker id="arrow" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" orient="auto-start-reverse"><path d="M0 0 10 5 0 10z" /></marker></defs>
      ${steps.map((step) => html`<g class="step"><path d=${step.path} marker-end="url(#arrow)" /><text x=${step.at[0]} y=${step.at[1]}>${t('life.' + step.name)}</text></g>`)}
      ${Object.entries(places).map(([name, [x, y]]) => html`<g class=${name === account.state ? 'state now' : 'state'}>
        <rect x=${x} y=${y} width=${size.width} height=${size.height} rx="10" /><text x=${x + size.width / 2} y=${y + size.height / 2 + 6}>${t('state.' + name)}</text></g>`)}
    </svg></div>
    ${account.instance && html`<${Facts} instance=${account.instance} />`}`;
}

function Facts({ instance }) {
  const facts = [
    [t('life.instance'), instance.id], [t('life.channel'), t('channel.' + instance.channel)], [t('life.edition'), instance.versionCode],
    [t('life.licensed'), instance.vmNumber], [t('life.created'), when(instance.created)], [t('life.expires'), when(instance.expires)],
    [t('life.autoRenew'), instance.autoRenew ? t('life.months', { n: instance.autoRenew }) : t('no')],
    ...(isSet(instance.nextRenewal) ? [[t('life.nextRenewal'), when(instance.nextRenewal)]] : []),
    [t('life.releaseAt'), when(instance.releaseAt)],
  ];
  return html`<dl class="facts-list">${facts.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}
