// A list that draws only the rows in view: ten thousand cost no more than thirty.

import { html, useEffect, useRef, useState } from '../vendor/preact-htm.js';

const spare = 8; // rows drawn above and below what is in view

export function VirtualList({ label, items, height, row, keyOf }) {
  const box = useRef(null);
  const [view, setView] = useState({ top: 0, size: 600 });
  useEffect(() => {
    const look = () => setView({ top: box.current.scrollTop, size: box.current.clientHeight });
    const watch = new ResizeObserver(look);
    watch.observe(box.current);
    box.current.addEventListener('scroll', look, { passive: true });
    return () => watch.disconnect();
  }, []);
  const from = Math.max(0, Math.floor(view.top / height) - spare);
  const to = Math.min(items.length, Math.ceil((view.top + view.size) / height) + spare);
  return html`<div class="virtual" ref=${box} tabindex="0" role="region" aria-label=${label}>
    <ul style=${{ height: `${items.length * height}px` }}>
      ${items.slice(from, to).map((item, i) => html`<li key=${keyOf(item)} aria-setsize=${items.length} aria-posinset=${from + i + 1}
        style=${{ top: `${(from + i) * height}px`, height: `${height}px` }}>${row(item)}</li>`)}
    </ul>
  </div>`;
}
