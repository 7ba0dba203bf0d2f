// The palette: a field and the list of what it finds. Without this file the search button leads to a page.
import { openDialog } from './dialogs.js';
import { composing } from './page.js';

const dialog = document.getElementById('palette');
const field = document.getElementById('palette-field');
const list = document.getElementById('palette-list');
let going = false;   // Enter came before the answer: go to the first when it is here

const options = () => [...list.querySelectorAll('[role="option"][href]')];
const active = () => list.querySelector('[role="option"][aria-selected="true"]');

const choose = (option) => {
  active()?.setAttribute('aria-selected', 'false');
  option?.setAttribute('aria-selected', 'true');
  if (option) field.setAttribute('aria-activedescendant', option.id);
  else field.removeAttribute('aria-activedescendant');
  option?.scrollIntoView({ block: 'nearest' });
};

const look = () => window.htmx.trigger(list, 'look');
const answered = () => list.querySelector('[data-term]')?.dataset.term === field.value.trim();

export const openPalette = () => {
  if (dialog && !document.querySelector('dialog:modal')) openDialog(dialog);
};

dialog?.addEventListener('opened', () => {
  field.value = '';
  going = false;
  field.focus();
  look();
});

list?.addEventListener('htmx:afterSwap', () => {
  const found = options();
  field.setAttribute('aria-expanded', `${found.length > 0}`);
  choose(found[0]);
  document.getElementById('palette-said').textContent = list.querySelector('[data-said]')?.dataset.said ?? '';
  if (going && answered()) { going = false; active()?.click(); }
});

field?.addEventListener('input', () => { going = false; });
field?.addEventListener('keydown', (event) => {
  if (composing(event) || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
  const found = options();
  const at = found.indexOf(active());
  const next = {
    ArrowDown: (at + 1) % found.length, ArrowUp: (at - 1 + found.length) % found.length,
    Home: 0, End: found.length - 1,
  }[event.key];
  if (next === undefined || !found.length) return;
  event.preventDefault();
  choose(found[next]);
});

// Enter sends the form; the one guard in keys.js lets it through only when nothing is being composed.
dialog?.querySelector('form').addEventListener('submit', (event) => {
  event.preventDefault();
  if (answered()) active()?.click();
  else { going = true; look(); }
});

// Before others hear of it: what opens another dialog must not find this one above it.
document.addEventListener('click', (event) => {
  const option = event.target.closest('[role="option"]');
  const fills = event.target.closest('[data-fill]');
  if (!dialog?.open || !dialog.contains(option)) return;
  if (!fills) { if (option.dataset.open) dialog.close(); return; }
  event.preventDefault();
  field.value = fills.dataset.fill;
  field.focus();
  look();
}, true);
