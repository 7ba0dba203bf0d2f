// Forms: one submit only, a picker for dates, focus where it belongs.
import { text, uuid, whenLoaded } from './page.js';

const labels = new WeakMap();

const busy = (form, submitter) => {
  if (!submitter) return;
  submitter.setAttribute('aria-busy', 'true');
  if (!submitter.matches('.button-primary, .button-danger')) return;
  labels.set(submitter, [...submitter.childNodes]);
  submitter.replaceChildren(text('busy') ?? '…');
};

const idle = (form) => {
  delete form.dataset.sent;
  form.querySelectorAll('[aria-busy]').forEach((button) => {
    button.removeAttribute('aria-busy');
    if (labels.has(button)) button.replaceChildren(...labels.get(button));
    labels.delete(button);
  });
};

const byHtmx = (form) => form.matches('[hx-post], [hx-put], [hx-patch], [hx-delete], [data-hx-post]');

// The server keeps the promise (same key, same result); this only spares it the second request.
document.addEventListener('submit', (event) => {
  const form = event.target;
  if (form.method !== 'post' || event.defaultPrevented && !byHtmx(form)) return;
  if ('sent' in form.dataset) { event.preventDefault(); event.stopImmediatePropagation(); return; }
  form.dataset.sent = '';
  const { submitter } = event;
  setTimeout(() => {   // after the browser has read the button's value, and others had their say
    if (event.defaultPrevented && !byHtmx(form)) idle(form);
    else busy(form, submitter);
  });
  if (!byHtmx(form)) setTimeout(idle, 15_000, form);   // a download answers without a new page
}, true);
const over = (event) => {
  const form = event.detail.elt?.closest?.('form');
  if (form) setTimeout(idle, 0, form);
};
document.addEventListener('htmx:afterRequest', over);
document.addEventListener('htmx:validation:halted', over);
window.addEventListener('pageshow', (event) => {
  if (event.persisted) document.querySelectorAll('form[data-sent]').forEach(idle);
});

document.addEventListener('change', (event) => {
  if (event.target.matches?.('[data-autosubmit]')) event.target.form?.requestSubmit();
  const target = document.getElementById(event.target.dataset?.picker);
  if (!target) return;
  target.value = event.target.value.replace('T', ' ');
  target.dispatchEvent(new Event('change', { bubbles: true }));
});

document.addEventListener('click', (event) => {
  event.target.closest('[data-dismiss]')?.closest('.undo-bar, .banner')?.remove();
  const pick = event.target.closest('[data-pick]');
  if (!pick) return;
  const field = document.getElementById(pick.dataset.pick);
  const picker = document.querySelector(`[data-picker="${CSS.escape(pick.dataset.pick)}"]`);
  if (/^\d{4}-\d{2}-\d{2}/.test(field.value)) picker.value = field.value.replace(' ', 'T');
  try { picker.showPicker(); } catch { field.focus(); }
});

whenLoaded((root) => {
  root.querySelector?.('[data-focus]')?.focus();
  root.querySelectorAll?.('[data-uuid]').forEach((field) => { field.value ||= uuid(); });
});
