// How a call is signed and sent, and its code in every language.

import { html, useEffect, useState } from '../../vendor/preact-htm.js';
import { post } from '../../lib/api.js';
import { t } from '../../lib/i18n.js';
import { Card, Code, Problem, Tabs } from '../../lib/ui.js';

export function Preview({ call }) {
  const [reveal, setReveal] = useState(false);
  const [state, setState] = useState({});
  useEffect(() => {
    let current = true;
    post('/api/sign', { ...JSON.parse(call), reveal })
      .then((value) => current && setState({ value }), (problem) => current && setState({ problem }));
    return () => { current = false; };
  }, [call, reveal]);
  const { value, problem } = state;
  return html`<${Card} title=${t('try.preview')}>
    <${Problem} problem=${problem} />
    ${value && html`<${Tabs} label=${t('try.preview')} tabs=${[
      { name: t('try.signature'), body: html`<${Steps} steps=${value.request.steps} />` },
      { name: t('try.request'), body: html`<p class="quiet">${t('try.request.note')}</p><${Code} tall text=${value.request.raw} label=${t('try.request')} />` },
      { name: t('try.code'), body: html`<${Samples} samples=${value.samples} reveal=${reveal} setReveal=${setReveal} />` },
    ]} />`}
  <//>`;
}

function Steps({ steps }) {
  return html`<ol class="steps">${steps.map((step) => html`<li><h3>${t('step.' + step.name)}</h3>
    <p class="quiet">${t('step.' + step.name + '.text')}</p><${Code} text=${step.value} label=${t('step.' + step.name)} /></li>`)}</ol>`;
}

function Samples({ samples, reveal, setReveal }) {
  return html`<label><input type="checkbox" role="switch" checked=${reveal} onChange=${(e) => setReveal(e.target.checked)} /> ${t('try.reveal')}</label>
    <div class="samples"><${Tabs} label=${t('try.code')} tabs=${samples.map((s) => ({ name: s.title, body: html`<${Code} tall text=${s.code} label=${s.title} />` }))} /></div>`;
}
