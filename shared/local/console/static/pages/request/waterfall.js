// The round trips to the store on the request's own time.

import { html } from '../../vendor/preact-htm.js';
import { bytes, took } from '../../lib/format.js';
import { t } from '../../lib/i18n.js';

export function Waterfall({ trips, total, left }) {
  if (trips.length === 0) return html`<p class="empty">${t('waterfall.empty')}</p>`;
  const end = Math.max(total, ...trips.map((trip) => trip.us + trip.took), 1);
  return html`<ol class="waterfall">
      <li class="whole"><span class="what">${t('waterfall.whole')}</span><${Bar} from=${0} took=${total} end=${end} /></li>
      ${trips.map((trip) => html`<li><span class="what"><strong>${trip.operation}</strong> <span class="quiet">${trip.tables?.join(', ')}</span></span>
        <${Bar} from=${trip.us} took=${trip.took} end=${end} bad=${trip.code} /><${Facts} trip=${trip} /></li>`)}
    </ol>
    ${left > 0 && html`<p class="quiet">${t('waterfall.left', { n: left })}</p>`}`;
}

function Bar({ from, took: width, end, bad }) {
  const place = { marginLeft: `${100 * from / end}%`, width: `max(2px, ${100 * width / end}%)` };
  return html`<span class="track"><span class=${bad ? 'bar bad' : 'bar'} style=${place}></span><span class="took">${took(width)}</span></span>`;
}

function Facts({ trip }) {
  const facts = t('waterfall.facts', { rows: trip.rows, read: trip.read, write: trip.write, in: bytes(trip.bytesIn), out: bytes(trip.bytesOut) });
  return html`<span class="facts">${trip.code && html`<span class="badge bad">${trip.code}</span>`} ${facts}</span>`;
}
