// What htmx could not send or was refused is said in the form itself; the text stays where it is.
import { openDialog } from './dialogs.js';
import { text } from './page.js';

const WAITS = [500, 2000];   // reads are tried again by themselves, writes never
const tries = new WeakMap();
let last = null;

const place = (element) => element.closest('form') ?? element.closest('[data-errors], .panel, dialog, main') ?? document.body;
const clear = (element) => place(element).querySelectorAll('[data-not-sent]').forEach((bar) => bar.remove());

const show = (bar, element) => {
  clear(element);
  bar.dataset.notSent = '';
  place(element).prepend(bar);
  bar.scrollIntoView({ block: 'nearest' });
};
const say = (name, element, reference = '') => {
  const bar = text(name);
  if (!bar) return;
  const slot = bar.querySelector('[data-reference]');
  if (slot) slot.textContent = reference;
  show(bar, element);
};

// A refusal may bring its own words: one banner and nothing else. It must never replace the form.
const ownWords = (xhr) => {
  if (xhr.status < 400 || !xhr.responseText?.trimStart().startsWith('<div class="banner')) return null;
  const { body } = new DOMParser().parseFromString(xhr.responseText, 'text/html');
  return body.children.length === 1 ? document.adoptNode(body.firstElementChild) : null;
};

const again = (element) => {
  const form = element.closest('form');
  if (form) form.requestSubmit();
  else if (element.isConnected) window.htmx.trigger(element, element.matches('a, button') ? 'click' : 'retry');
};

document.addEventListener('click', (event) => {
  if (!event.target.closest('[data-retry]') || !last) return;
  event.preventDefault();
  document.getElementById('signed-out')?.close();
  clear(last);
  setTimeout(again, 0, last);
});

const failed = (event) => {
  const { elt, requestConfig } = event.detail;
  const count = tries.get(elt) ?? 0;
  last = elt;
  if (requestConfig?.verb === 'get' && count < WAITS.length && event.type !== 'htmx:abort') {
    tries.set(elt, count + 1);
    setTimeout(again, WAITS[count], elt);
    return;
  }
  tries.delete(elt);
  say('not-sent', elt);
};
document.addEventListener('htmx:sendError', failed);
document.addEventListener('htmx:timeout', failed);

const signedOut = (element) => {
  last = element;
  const dialog = document.getElementById('signed-out');
  if (dialog) openDialog(dialog, element);
};

const loginPath = () => {
  const link = document.querySelector('#signed-out a');
  return link ? new URL(link.href).pathname : null;
};

document.addEventListener('htmx:beforeSwap', (event) => {
  const { xhr, elt } = event.detail;
  // a redirect to the sign-in page is a 401 that the browser followed
  if (xhr.responseURL && new URL(xhr.responseURL).pathname === loginPath()) {
    event.detail.shouldSwap = false;
    signedOut(elt);
  }
  // a refusal that names its place (both versions of a conflict, say) is shown there
  if (xhr.status >= 400 && xhr.getResponseHeader('HX-Retarget')) event.detail.shouldSwap = true;
  else if (xhr.status === 422 && ownWords(xhr)) {
    event.detail.shouldSwap = false;
    show(ownWords(xhr), elt);
  }
});

document.addEventListener('htmx:responseError', (event) => {
  const { xhr, elt } = event.detail;
  last = elt;
  if (xhr.status === 401) return signedOut(elt);
  if (xhr.getResponseHeader('HX-Retarget')) return undefined;
  if (ownWords(xhr)) return show(ownWords(xhr), elt);
  const name = { 403: 'refused', 404: 'gone', 409: 'conflict', 410: 'gone' }[xhr.status];
  if (name) return say(name, elt);
  return say(xhr.status >= 500 && xhr.status !== 503 ? 'trouble' : 'not-sent', elt, xhr.getResponseHeader('X-Request-ID') ?? '');
});

document.addEventListener('htmx:afterRequest', (event) => {
  const { xhr, elt } = event.detail;
  if (xhr.status < 200 || xhr.status >= 400) return;
  tries.delete(elt);
  if (elt.isConnected) clear(elt);
});
