// Addresses of pages: ordinary paths, with the browser's history.

import { html, useEffect, useState } from '../vendor/preact-htm.js';

const here = () => location.pathname + location.search;
const watchers = new Set();

// go opens a page.
export function go(path) {
  history.pushState(null, '', path);
  watchers.forEach((watch) => watch());
  scrollTo(0, 0);
}

export function usePath() {
  const [path, setPath] = useState(here());
  useEffect(() => {
    const watch = () => setPath(here());
    watchers.add(watch);
    addEventListener('popstate', watch);
    return () => { watchers.delete(watch); removeEventListener('popstate', watch); };
  }, []);
  return path;
}

// Link is a link within the console.
export function Link({ to, children, ...rest }) {
  const open = (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    go(to);
  };
  return html`<a href=${to} onClick=${open} ...${rest}>${children}</a>`;
}
