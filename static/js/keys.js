// Single keys, off while typing, composing, in dialogs, and for people who switched them off.
import { openDialog } from './dialogs.js';
import { composing, typing } from './page.js';
import { openPalette } from './palette.js';

let going = 0;   // until when a second key completes "g …"

const search = () => {
  const field = document.querySelector('[data-list-search]');
  if (!field) return openPalette();
  field.focus();
  return field.select();
};
const press = (selector) => document.querySelector(selector)?.click();
const keys = {
  '/': search,
  l: () => press('[data-open="log-sheet"]'),
  '?': () => openDialog(document.getElementById('shortcuts')),
};

// The one guard for Enter: an input method uses it to take a word, which must not send the form.
document.addEventListener('keydown', (event) => {
  if (event.key !== 'Enter' && event.keyCode !== 229) return;
  if (composing(event) && event.target.tagName !== 'TEXTAREA') {
    if (event.key === 'Enter' || event.code === 'Enter') event.preventDefault();
    event.stopImmediatePropagation();
  } else if ((event.ctrlKey || event.metaKey) && event.target.form && !composing(event)) {
    event.target.form.requestSubmit();
  }
}, true);

// Ctrl K is no single key: it works in fields, and for those who switched single keys off.
document.addEventListener('keydown', (event) => {
  if (composing(event) || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
  if (event.key.toLowerCase() !== 'k' || !document.getElementById('palette')) return;
  event.preventDefault();
  openPalette();
});

document.addEventListener('keydown', (event) => {
  if (composing(event) || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (document.documentElement.dataset.shortcuts === 'off' || typing(event.target)) return;
  if (document.querySelector('dialog:modal')) return;
  const second = going > Date.now() && document.querySelector(`[data-go="${CSS.escape(event.key)}"]`);
  going = !second && event.key === 'g' ? Date.now() + 1500 : 0;
  const act = second ? () => second.click() : keys[event.key];
  if (!act) return;
  event.preventDefault();
  act();
});
