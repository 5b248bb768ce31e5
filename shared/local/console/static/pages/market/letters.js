// Dead letters: what could not be done, why, and what to do with it.

import { html, useState } from '../../vendor/preact-htm.js';
import { post } from '../../lib/api.js';
import { when } from '../../lib/format.js';
import { useKept, useTask } from '../../lib/hooks.js';
import { t } from '../../lib/i18n.js';
import { Card, Code, Loading, Problem } from '../../lib/ui.js';

export function Letters({ round }) {
  const [start, setStart] = useState('');
  const [done, setDone] = useState(0);
  const [said, setSaid] = useState('');
  const loaded = useKept(`/api/letters?start=${encodeURIComponent(start)}&round=${round}.${done}`);
  const after = (text) => { setSaid(text); setDone(done + 1); };
  return html`<${Card} title=${t('letters.title')}>
    <p class="quiet">${t('letters.text')}</p>
    <p role="status" class=${said ? 'promise' : 'none'}>${said}</p>
    ${loaded.value ? html`<${List} letters=${loaded.value.letters} after=${after} />` : html`<${Loading} loaded=${loaded} />`}
    <div class="buttons">${start && html`<button type="button" class="secondary" onClick=${() => setStart('')}>${t('page.first')}</button>`}
      ${loaded.value?.next && html`<button type="button" class="secondary" onClick=${() => setStart(loaded.value.next)}>${t('page.next')}</button>`}</div>
  <//>`;
}

function List({ letters, after }) {
  if (letters.length === 0) return html`<p class="empty">${t('letters.empty')}</p>`;
  return html`<ul class="letters">${letters.map((letter) => html`<li key=${letter.id}><${Letter} letter=${letter} after=${after} /></li>`)}</ul>`;
}

function Letter({ letter, after }) {
  const task = useTask();
  const settle = (what) => task.run(async () => {
    const result = await post(`/api/letters/${encodeURIComponent(letter.id)}/${what}`, {});
    after(t('letters.' + result.state, { order: result.orderId, reason: result.reason }));
  });
  return html`<details><summary><span class=${'badge ' + (letter.state === 'dead' ? 'bad' : 'warn')}>${t('letter.state.' + letter.state)}</span>
      <strong>${letter.action || '–'}</strong> <code>${letter.instance}</code> <span class="quiet">${when(letter.last)} · ${t('letters.attempts', { n: letter.attempts })}</span></summary>
    <${Code} text=${letter.message} label=${t('letters.message')} /></details>
    <p class="reason"><code>${letter.reason.split('\n')[0]}</code></p>
    ${letter.doneBy && html`<p class="promise">${t('letters.doneBy', { order: letter.doneBy })}</p>`}
    <div class="buttons">
      <button type="button" disabled=${task.busy} onClick=${() => settle('retry')}>${t('letters.retry')}</button>
      <button type="button" class="secondary" disabled=${task.busy} onClick=${() => settle('confirm')} title=${t('letters.confirm.text')}>${t('letters.confirm')}</button>
      <button type="button" class="secondary outline" disabled=${task.busy} onClick=${() => settle('discard')}>${t('letters.discard')}</button></div>
    <${Problem} problem=${task.problem} />`;
}
