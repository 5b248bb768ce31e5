// The console: navigation around one page.

import { html, render, useEffect, useState } from './vendor/preact-htm.js';
import { takeToken } from './lib/api.js';
import { language, languages, loadTexts, setLanguage, t } from './lib/i18n.js';
import { Link, usePath } from './lib/route.js';
import { Account } from './pages/account.js';
import { Accounts } from './pages/accounts.js';
import { ErrorPage, Errors } from './pages/errors.js';
import { Data } from './pages/data.js';
import { Faults } from './pages/faults.js';
import { Market } from './pages/market.js';
import { Overview } from './pages/overview.js';
import { Request } from './pages/request.js';
import { Requests } from './pages/requests.js';
import { Snapshots } from './pages/snapshots.js';
import { Time } from './pages/time.js';
import { Tokens } from './pages/tokens.js';
import { Try } from './pages/try.js';

// pages are the routes, the first that matches wins. Those with a name are in the
// navigation.
const pages = [
  { path: /^\/$/, to: '/', name: 'overview', page: Overview },
  { path: /^\/try$/, to: '/try', name: 'try', page: Try },
  { path: /^\/requests$/, to: '/requests', name: 'requests', page: Requests },
  { path: /^\/requests\/(.+)$/, under: 'requests', page: Request },
  { path: /^\/accounts$/, to: '/accounts', name: 'accounts', page: Accounts },
  { path: /^\/accounts\/(\d+)$/, under: 'accounts', page: Account },
  { path: /^\/market$/, to: '/market', name: 'market', page: Market },
  { path: /^\/tokens$/, to: '/tokens', name: 'tokens', page: Tokens },
  { path: /^\/time$/, to: '/time', name: 'time', page: Time },
  { path: /^\/faults$/, to: '/faults', name: 'faults', page: Faults },
  { path: /^\/data$/, to: '/data', name: 'data', page: Data },
  { path: /^\/snapshots$/, to: '/snapshots', name: 'snapshots', page: Snapshots },
  { path: /^\/errors\/?$/, to: '/errors', name: 'errors', page: Errors },
  { path: /^\/errors\/(.+)$/, under: 'errors', page: ErrorPage },
];

function find(path) {
  const [pathname] = path.split('?');
  for (const route of pages) {
    const match = pathname.match(route.path);
    if (match) return { ...route, name: route.name ?? route.under, argument: match[1] && decodeURIComponent(match[1]) };
  }
  return { page: Missing };
}

function Missing() {
  return html`<h1>${t('missing.title')}</h1><p>${t('missing.text')}</p>`;
}

function Navigation({ name }) {
  return html`<nav aria-label=${t('nav.label')}>
    ${pages.filter((p) => p.to).map((p) => html`<${Link} to=${p.to} aria-current=${p.name === name ? 'page' : undefined}>${t('nav.' + p.name)}<//>`)}
  </nav>`;
}

function Languages({ onChange }) {
  return html`<div class="choice" role="group" aria-label=${t('language')}>
    ${languages.map(([tag, name]) => html`<button type="button" lang=${tag} aria-pressed=${tag === language() ? 'true' : 'false'}
      onClick=${() => onChange(tag)}>${name}</button>`)}
  </div>`;
}

const themes = ['auto', 'light', 'dark'];

function useTheme() {
  const [theme, setTheme] = useState(localStorage.getItem('aegis-console-theme') ?? 'auto');
  useEffect(() => {
    localStorage.setItem('aegis-console-theme', theme);
    if (theme === 'auto') document.documentElement.removeAttribute('data-theme');
    else document.documentElement.setAttribute('data-theme', theme);
  }, [theme]);
  return [theme, setTheme];
}

function Themes() {
  const [theme, setTheme] = useTheme();
  return html`<div class="choice" role="group" aria-label=${t('theme')}>
    ${themes.map((name) => html`<button type="button" aria-pressed=${name === theme ? 'true' : 'false'}
      onClick=${() => setTheme(name)}>${t('theme.' + name)}</button>`)}
  </div>`;
}

function App() {
  const path = usePath();
  const [, setTag] = useState(language());
  const route = find(path);
  useEffect(() => { document.title = `${route.name ? t('nav.' + route.name) : t('missing.title')} · ${t('product')}`; });
  const choose = (tag) => { setLanguage(tag); setTag(tag); };
  return html`<a class="skip" href="#main">${t('skip')}</a>
    <aside class="side">
      <${Link} to="/" class="brand"><img src="/static/icon.svg" alt="" width="28" height="28" /><span>${t('product')}</span><//>
      <${Navigation} name=${route.name} />
      <div class="settings"><${Languages} onChange=${choose} /><${Themes} /></div>
    </aside>
    <main id="main" tabindex="-1"><${route.page} key=${path.split('?')[0]} argument=${route.argument} /></main>`;
}

takeToken();
await loadTexts();
render(html`<${App} />`, document.body);
