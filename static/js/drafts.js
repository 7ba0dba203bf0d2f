// Unsaved text stays on this device: <textarea data-draft="key">, or any field but a tick. A draft is not saved.
// Kept per person, three days at most, wiped on sign-out.
import { text, whenLoaded } from './page.js';

const HOURS = 72;
const prefix = `draft:${document.body.dataset.person ?? ''}:`;
const waiting = new Map();
let store;
try { store = window.localStorage; } catch { store = null; }   // refused in some private windows

const nameOf = (field) => `${prefix}${field.dataset.draft}/${field.name}`;
// What the page came with: a choice keeps it in its options.
const given = (field) => field.defaultValue ?? [...field.options].find((one) => one.defaultSelected)?.value ?? '';
const fieldsIn = (element) => element.querySelectorAll?.('[data-draft]') ?? [];

const read = (name) => { try { return JSON.parse(store?.getItem(name)); } catch { return null; } };
const write = (field) => {
  waiting.delete(field);
  try {
    if (field.value && field.value !== given(field)) store?.setItem(nameOf(field), JSON.stringify({ text: field.value, at: Date.now() }));
    else store?.removeItem(nameOf(field));
  } catch { /* full or refused: the text is still in the field */ }
};

/** The text of this field arrived: forget the draft and its note. */
export const forget = (field) => {
  clearTimeout(waiting.get(field));
  waiting.delete(field);
  store?.removeItem(nameOf(field));
  field.parentElement?.querySelector('.draft-note')?.remove();
};
export const forgetIn = (element) => fieldsIn(element).forEach(forget);

const restore = (field) => {
  const draft = read(nameOf(field));
  if (!draft || draft.text === field.value || field.value !== given(field)) return;
  field.value = draft.text;
  const note = text('draft');
  if (!note) return;
  const time = new Date(draft.at);
  note.querySelector('[data-time]').textContent = `${time.getHours()}`.padStart(2, '0') + ':' + `${time.getMinutes()}`.padStart(2, '0');
  note.querySelector('[data-discard]').addEventListener('click', () => {
    forget(field);
    field.value = given(field);
    field.focus();
  });
  field.after(note);
};

document.addEventListener('input', (event) => {
  const field = event.target;
  if (!field.matches?.('[data-draft]')) return;
  clearTimeout(waiting.get(field));
  waiting.set(field, setTimeout(write, 500, field));
});
const flush = () => [...waiting.keys()].forEach((field) => { clearTimeout(waiting.get(field)); write(field); });
document.addEventListener('visibilitychange', flush);
window.addEventListener('pagehide', flush);

// htmx says whether a form arrived. A plain form does not: it arrived if the next page reports
// success and no longer holds the field.
const sending = new WeakMap();   // by request: the answer may replace the fields
document.addEventListener('htmx:beforeRequest', (event) => {
  const form = event.detail.elt.closest('form');
  if (form && event.detail.requestConfig.verb !== 'get') sending.set(event.detail.xhr, [...fieldsIn(form)]);
});
document.addEventListener('htmx:afterRequest', (event) => {
  const { xhr } = event.detail;   // htmx calls an accepted 422 a success as well
  if (xhr.status >= 200 && xhr.status < 400) sending.get(xhr)?.forEach(forget);
});
document.addEventListener('submit', (event) => {
  flush();
  const form = event.target;
  if (form.matches('[data-sign-out]')) wipe();
  const names = [...fieldsIn(form)].map(nameOf);
  if (names.length && !event.defaultPrevented) sessionStorage.setItem('sent-drafts', JSON.stringify(names));
});

const wipe = () => Object.keys(store ?? {}).filter((name) => name.startsWith('draft:')).forEach((name) => store.removeItem(name));

const settle = () => {
  const names = JSON.parse(sessionStorage.getItem('sent-drafts') ?? '[]');
  const done = document.querySelector('[data-done]') && !document.querySelector('.error-summary');
  const held = new Set([...fieldsIn(document.querySelector('main') ?? document)].map(nameOf));
  if (done) names.filter((name) => !held.has(name)).forEach((name) => store?.removeItem(name));
  sessionStorage.removeItem('sent-drafts');
};

const expire = () => Object.keys(store ?? {})
  .filter((name) => name.startsWith('draft:') && Date.now() - (read(name)?.at ?? 0) > HOURS * 3600_000)
  .forEach((name) => store.removeItem(name));

try { settle(); expire(); } catch { /* storage refused */ }
whenLoaded((root) => fieldsIn(root).forEach(restore));
