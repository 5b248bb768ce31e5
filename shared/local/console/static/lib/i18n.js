// Texts in the reader's language. texts/en.json and texts/zh-CN.json have the same keys.

const place = 'aegis-console-language';
const texts = {};

export const languages = [['en', 'English'], ['zh-CN', '中文']];

let current = initial();

function initial() {
  const chosen = localStorage.getItem(place);
  if (languages.some(([tag]) => tag === chosen)) return chosen;
  return navigator.language.startsWith('zh') ? 'zh-CN' : 'en';
}

export async function loadTexts() {
  for (const [tag] of languages) texts[tag] = await (await fetch(`/static/texts/${tag}.json`)).json();
  document.documentElement.lang = current;
}

export const language = () => current;

export function setLanguage(tag) {
  current = tag;
  localStorage.setItem(place, tag);
  document.documentElement.lang = tag;
}

// t returns a text, with {name} replaced.
export function t(key, values = {}) {
  const text = texts[current][key] ?? key;
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? '');
}

// pick chooses from a text that the server sent in both languages.
export const pick = (both) => both[current];
