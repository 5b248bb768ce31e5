// Returns what keeps a reader from using the page, one line each.
(() => {
  const found = [];
  const visible = (e) => e.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true }) && e.getClientRects().length > 0;
  const shown = (e) => `${e.tagName.toLowerCase()} ${(e.textContent || e.id || '').trim().slice(0, 40)}`;

  // Each control has a name.
  const named = (e) => (e.getAttribute('aria-label') ?? '') + [...(e.labels ?? [])].map((l) => l.textContent).join('') + (e.matches('input,select') ? '' : e.textContent);
  for (const e of document.querySelectorAll('a[href],button,input,select,textarea,[role=button],[tabindex="0"]')) {
    if (visible(e) && !named(e).trim()) found.push('no name: ' + shown(e));
  }
  for (const e of document.querySelectorAll('img:not([alt]),svg:not([aria-label]):not([aria-hidden])')) found.push('no text for: ' + shown(e));
  if (document.querySelectorAll('h1').length !== 1) found.push('there must be one h1');
  for (const id of [...document.querySelectorAll('[id]')].map((e) => e.id)) if (document.querySelectorAll('#' + CSS.escape(id)).length > 1) found.push('two elements with the id ' + id);
  if (document.documentElement.scrollWidth > innerWidth) found.push('the page scrolls sideways');

  // Contrast as WCAG 2.1 AA counts it: text over the colours behind it.
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const colour = (css) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = css;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
    return { r, g, b, a: a / 255 };
  };
  const over = (top, under) => Object.fromEntries([...'rgb'].map((c) => [c, top[c] * top.a + under[c] * (1 - top.a)]).concat([['a', 1]]));
  const behind = (e) => (e ? over(colour(getComputedStyle(e).backgroundColor), behind(e.parentElement)) : { r: 255, g: 255, b: 255, a: 1 });
  const light = ({ r, g, b }) => [r, g, b].map((v) => v / 255).map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const ratio = (a, b) => (Math.max(light(a), light(b)) + 0.05) / (Math.min(light(a), light(b)) + 0.05);
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const texts = [];
  for (let node = walker.nextNode(); node; node = walker.nextNode()) if (node.data.trim() && visible(node.parentElement)) texts.push(node);
  for (const node of texts) {
    const e = node.parentElement;
    if (e.closest('[disabled],noscript,option,.skip')) continue;
    const style = getComputedStyle(e);
    const ground = behind(e);
    const size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && style.fontWeight >= 700);
    const has = ratio(over(colour(e.ownerSVGElement ? style.fill : style.color), ground), ground);
    if (has < (large ? 3 : 4.5)) found.push(`contrast ${has.toFixed(2)}: ${shown(e)}`);
  }

  // A page in Chinese has no sentences in English, but for what is code or comes from callers.
  if (document.documentElement.lang === 'zh-CN') {
    for (const node of texts) {
      if (!node.parentElement.closest('pre,code,option,td:last-child,[lang=en]') && /(?:[A-Za-z]+ ){3,}[A-Za-z]+/.test(node.data)) found.push('English: ' + node.data.trim());
    }
  }
  // A key that has no text is shown as it is.
  for (const node of texts) if (/^[a-z]+(\.[A-Za-z0-9-]+)+$/.test(node.data.trim()) && !node.parentElement.closest('pre,code,input')) found.push('no text: ' + node.data);
  return found;
})()
