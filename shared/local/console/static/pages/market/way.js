// The way of a call: SPI, queue, batch, and the order or the dead letter.

import { html, useEffect, useState } from '../../vendor/preact-htm.js';
import { get } from '../../lib/api.js';
import { t } from '../../lib/i18n.js';
import { Link } from '../../lib/route.js';
import { Card, Code } from '../../lib/ui.js';

const pause = 300;

export function Way({ sent, onEnd }) {
  const [progress, setProgress] = useState(null);
  useEffect(() => {
    let timer;
    const look = async () => {
      const now = await get('/api/market/progress/' + sent.outcome.record).catch(() => null);
      setProgress(now);
      if (now && !['queue', 'again'].includes(now.stage)) return onEnd();
      timer = setTimeout(look, pause);
      return undefined;
    };
    look();
    return () => clearTimeout(timer);
  }, [sent]);
  if (!progress) return html`<p aria-busy="true">${t('loading')}</p>`;
  return html`<${Card} title=${t('way.title', { action: sent.action })}>
    <ol class="way" data-stage=${progress.stage} aria-live="polite">${stepsOf(progress, sent.outcome).map((step) => html`<li class=${'stop ' + step.tone}>
      <strong>${step.name}</strong><span>${step.text}</span>${step.link}</li>`)}</ol>
    <${Code} text=${sent.outcome.body || sent.outcome.error} label=${t('try.answer')} />
  <//>`;
}

const record = (seq) => html`<${Link} to=${'/requests/' + seq}>${t('try.record')}<//>`;

// stepsOf are the stops of the way, with the tone of each.
function stepsOf(p, outcome) {
  const refused = p.stage === 'refused';
  const steps = [{ name: 'SPI', tone: refused ? 'bad' : 'good', text: 'HTTP ' + outcome.status, link: record(p.record) }];
  if (refused) return steps;
  if (p.stage === 'answered') return [...steps, { name: t('way.order'), tone: 'good', text: t('way.answered') }];
  const last = p.batches?.[0];
  return [...steps,
    { name: t('way.queue'), tone: 'good', text: p.messageId },
    { name: t('way.batch'), tone: last ? 'good' : 'waits', text: last ? t('way.deliveries', { n: p.batches.length }) : t('way.waits'), link: last && record(last.seq) },
    end(p, last)];
}

function end(p, last) {
  if (p.stage === 'done') return { name: t('way.order'), tone: 'good', text: p.orderId };
  if (p.stage === 'dead' || p.stage === 'held') return { name: t('letter.state.' + p.stage), tone: p.stage === 'dead' ? 'bad' : 'warn', text: last.error };
  return { name: t('way.order'), tone: 'waits', text: t('way.waits') };
}
