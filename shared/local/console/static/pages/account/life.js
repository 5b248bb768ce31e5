// The life of an instance, drawn, with its present state.

import { html } from '../../vendor/preact-htm.js';
import { isSet, when } from '../../lib/format.js';
import { t } from '../../lib/i18n.js';

const size = { width: 150, height: 56 };
const places = { none: [20, 100], running: [270, 100], expired: [520, 100], released: [770, 100] };

// steps lead from one state to another, along a path, with a text at a place.
const steps = [
  { name: 'create', path: 'M170 128 H264', at: [220, 88] },
  { name: 'expire', path: 'M420 128 H514', at: [467, 116] },
  { name: 'release', path: 'M670 128 H764', at: [717, 116] },
  { name: 'change', path: 'M310 100 C310 40 380 40 380 94', at: [345, 44] },
  { name: 'renew', path: 'M595 156 C595 206 345 206 345 162', at: [470, 210] },
  { name: 'refund', path: 'M400 100 C440 16 845 16 845 94', at: [640, 26] },
  { name: 'again', path: 'M845 156 C845 262 310 262 310 162', at: [577, 254] },
];

export function Life({ account }) {
  return html`<div class="life" tabindex="0" role="region" aria-label=${t('life.title')}>
    <svg viewBox="0 0 940 280" role="img" aria-label=${t('life.now', { state: t('state.' + account.state) })}>
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
