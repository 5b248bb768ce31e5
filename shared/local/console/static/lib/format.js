// Numbers, amounts and times for readers.

import { language } from './i18n.js';

// money writes an amount in fen as yuan: 123456 is 1,234.56.
export function money(fen) {
  const sign = fen < 0 ? '−' : '';
  const whole = Math.trunc(Math.abs(fen) / 100).toLocaleString('en-US');
  return `${sign}${whole}.${String(Math.abs(fen) % 100).padStart(2, '0')}`;
}

export const count = (n) => n.toLocaleString('en-US');

export function bytes(n) {
  if (n < 1024) return `${n} B`;
  if (n < 1024 * 1024) return `${(n / 1024).toFixed(1)} KB`;
  return `${(n / 1024 / 1024).toFixed(1)} MB`;
}

// took writes a duration of some microseconds.
export function took(micros) {
  if (micros < 1000) return `${micros} µs`;
  if (micros < 1_000_000) return `${(micros / 1000).toFixed(micros < 10_000 ? 2 : 1)} ms`;
  return `${(micros / 1_000_000).toFixed(2)} s`;
}

const zone = { timeZone: 'Asia/Shanghai', hour12: false };

// isSet is false for the zero time of Go.
export const isSet = (at) => at && !at.startsWith('0001-');

// when writes a time of Asia/Shanghai, in which terms are counted.
export function when(at) {
  if (!isSet(at)) return '–';
  return new Date(at).toLocaleString('sv-SE', { timeZone: zone.timeZone }).replace('T', ' ');
}

// clock writes the time of day with milliseconds.
export function clock(at) {
  const date = new Date(at);
  const time = date.toLocaleTimeString(language(), { ...zone, hour: '2-digit', minute: '2-digit', second: '2-digit' });
  return `${time}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}
