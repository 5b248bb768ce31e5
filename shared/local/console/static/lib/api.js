// The console's API: JSON over fetch, with the token of this start in a header.

const place = 'aegis-console-token';

// takeToken moves the token from the link's fragment to the storage of this origin, so
// that it is in no history and in no Referer.
export function takeToken() {
  const token = location.hash.slice(1);
  if (!token) return;
  localStorage.setItem(place, token);
  history.replaceState(null, '', location.pathname + location.search);
}

const headers = () => ({ Authorization: 'Bearer ' + (localStorage.getItem(place) ?? '') });

// Problem is an answer that is no success. Its kind has a text; the detail is what it is
// about, such as a name.
export class Problem extends Error {
  constructor(kind, detail) {
    super(detail);
    this.kind = kind;
  }
}

async function read(response) {
  if (response.ok) return response.json();
  let problem = { kind: 'failed', detail: `HTTP ${response.status}` };
  if (response.headers.get('Content-Type')?.startsWith('application/json')) problem = await response.json();
  throw new Problem(problem.kind, problem.detail);
}

async function request(path, options) {
  let response;
  try {
    response = await fetch(path, { ...options, headers: headers() });
  } catch (cause) {
    if (cause.name === 'AbortError') throw cause;
    throw new Problem('unreachable', String(cause.message));
  }
  return read(response);
}

export const get = (path, signal) => request(path, { signal });
export const post = (path, body) => request(path, { method: 'POST', body: JSON.stringify(body) });

// listen calls onEvent with each server-sent event until the signal aborts. EventSource
// cannot send a header, so that the stream is read here.
export async function listen(path, onEvent, signal) {
  const response = await fetch(path, { headers: headers(), signal });
  if (!response.ok) return read(response);
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  for (;;) {
    const { value, done } = await reader.read();
    if (done) throw new Problem('unreachable', 'the stream ended');
    const events = (text + value).split('\n\n');
    text = events.pop();
    for (const event of events) onEvent(JSON.parse(event.replace(/^data: /, '')));
  }
}

export function query(fields) {
  const set = Object.entries(fields).filter(([, value]) => value !== '' && value != null);
  return set.length ? '?' + new URLSearchParams(set) : '';
}
