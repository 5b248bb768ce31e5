// A line over time, drawn by uPlot in the colours of the page.

import { html, useEffect, useRef } from '../vendor/preact-htm.js';
import uPlot from '../vendor/uPlot.esm.js';

const height = 160;

export function Chart({ times, values, label, unit }) {
  const box = useRef(null);
  const plot = useRef(null);
  useEffect(() => {
    plot.current = new uPlot(options(box.current, label), [times, values], box.current);
    const watch = new ResizeObserver(() => plot.current.setSize({ width: box.current.clientWidth, height }));
    watch.observe(box.current);
    return () => { watch.disconnect(); plot.current.destroy(); };
  }, [label]);
  useEffect(() => plot.current.setData([times, values]));
  const last = values[values.length - 1] ?? 0;
  return html`<div class="chart" ref=${box} role="img" aria-label=${`${label}: ${last} ${unit}`}></div>`;
}

function options(box, label) {
  const colour = (name) => getComputedStyle(box).getPropertyValue(name).trim();
  const axis = { stroke: () => colour('--pico-muted-color'), grid: { stroke: () => colour('--line'), width: 1 }, ticks: { show: false } };
  return {
    width: box.clientWidth, height, legend: { show: false }, cursor: { show: false },
    scales: { y: { range: (_, __, most) => [0, Math.max(5, most * 1.2)] } },
    axes: [axis, { ...axis, size: 44 }],
    series: [{}, { label, stroke: () => colour('--accent'), fill: () => colour('--accent-soft'), width: 2, points: { show: false } }],
  };
}
