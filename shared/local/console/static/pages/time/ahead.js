// What comes due in the weeks ahead, drawn.

import { html } from '../../vendor/preact-htm.js';
import { t } from '../../lib/i18n.js';

const weeks = 60;
const week = 7 * 86400 * 1000;
const size = { width: 960, height: 70 };

export function Ahead({ time }) {
  const counts = Array(weeks).fill(0);
  for (const d of time.due) {
    const at = Math.floor((Date.parse(d.at) - Date.parse(time.now)) / week);
    if (at < weeks) counts[Math.max(0, at)] += 1;
  }
  const most = Math.max(1, ...counts);
  const wide = size.width / weeks;
  return html`<svg class="ahead" viewBox="0 0 ${size.width} ${size.height}" role="img" aria-label=${t('time.drawn', { n: time.due.length, weeks })}>
    <line x1="0" x2=${size.width} y1=${size.height - 12} y2=${size.height - 12} />
    ${counts.map((n, i) => n > 0 && html`<rect x=${i * wide + 2} width=${wide - 4} y=${size.height - 12 - (n / most) * 50} height=${(n / most) * 50} rx="2" />`)}
    ${counts.map((_, i) => i % 13 === 0 && html`<line x1=${i * wide} x2=${i * wide} y1=${size.height - 16} y2=${size.height - 8} />`)}
  </svg><p class="quiet">${t('time.drawn', { n: time.due.length, weeks })}</p>`;
}
