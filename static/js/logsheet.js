// The log sheet is in the page already. Opening it and raising the keyboard happen in the same tap.
// What it offers is fetched when somebody reaches for it: customers that nobody asked to see are
// neither sent nor counted. Whoever is faster still finds the page's customer.
// The server answers with the event visit-logged (HX-Trigger) once the visit is stored.
import { forgetIn } from './drafts.js';
import { composing, uuid } from './page.js';

const sheet = document.getElementById('log-sheet');
const formOf = (element) => element.closest('[data-log-form]');
const chosenIn = (form) => form.querySelector('input[name="customer"]:checked');
const all = (element, selector) => [...element.querySelectorAll(selector)];

/** Show the contacts of the chosen customer; those of others are neither seen nor sent. */
const sync = (form) => {
  const chosen = chosenIn(form)?.value;
  let any = false;
  all(form, '[data-contacts-of]').forEach((group) => {
    const hit = group.dataset.contactsOf === chosen;
    any ||= hit;
    group.hidden = !hit;
    all(group, 'input').forEach((input) => { input.disabled = !hit; });
    group.querySelector(':scope > small')?.remove();
  });
  const met = form.querySelector('[data-met]');
  if (met) met.hidden = !any;
};

const addChip = (chips, id, name) => {
  const chip = chips.querySelector('template').content.firstElementChild.cloneNode(true);
  chip.querySelector('span').textContent = name;
  chip.querySelector('input').value = id;
  chips.prepend(chip);
  return chip.querySelector('input');
};

/** Fetch what the sheet offers, `first` in front; what was chosen or ticked meanwhile stays so. */
const load = async (form, first = '') => {
  form.dataset.loading = first;
  await fetched(form, first);
  delete form.dataset.loading;
};
const fetched = async (form, first) => {
  const answer = await fetch(`${form.dataset.choices}?customer=${encodeURIComponent(first)}`, { headers: { 'HX-Request': 'true' } }).catch(() => null);
  if (!answer?.ok || answer.redirected) return;
  const parts = document.createElement('template');
  parts.innerHTML = await answer.text();
  const now = chosenIn(form);
  const ticked = all(form, ':checked').map((input) => [input.name, input.value]);
  const wanted = now && { id: now.value, name: now.closest('.chip').querySelector('span').textContent };
  all(parts.content, '[data-part]').forEach((part) => form.querySelector(`[data-slot="${part.dataset.part}"]`)?.replaceChildren(...part.childNodes));
  ticked.forEach(([name, value]) => all(form, `input[name="${name}"]`).forEach((input) => { input.checked ||= input.value === value; }));
  if (wanted && chosenIn(form)?.value !== wanted.id) addChip(form.querySelector('[data-customer-chips]'), wanted.id, wanted.name).checked = true;
  form.dataset.loaded = '';
  sync(form);
};

/** Choose a customer in a form, adding a chip if none is there. */
export const choose = (form, id, name) => {
  const chips = form.querySelector('[data-customer-chips]');
  if (!chips || !id) return;
  const known = chips.querySelector(`input[value="${CSS.escape(id)}"]`);
  const input = known ?? addChip(chips, id, name ?? id);
  input.checked = true;
  input.closest('.chip').scrollIntoView({ block: 'nearest', inline: 'nearest' });
  sync(form);
  if (!known && form.dataset.loading !== id) load(form, id);
};

const join = (form, id, name) => {
  const chips = form.querySelector('[data-colleague-chips]');
  const input = chips.querySelector(`input[value="${CSS.escape(id)}"]`) ?? addChip(chips, id, name);
  input.checked = true;
};

// ---- the sheet opens ---------------------------------------------------------------------------
sheet?.addEventListener('opened', (event) => {
  const form = sheet.querySelector('form');
  sheet.querySelector('[data-first]').focus();
  const { customer, customerName, task, kind } = event.detail?.dataset ?? {};
  plan(form, task, kind);
  choose(form, customer, customerName);
  ready(form, customer);
});

/** What was planned: the task that the visit will close, and its kind. Opened from elsewhere, none. */
const plan = (form, task = '', kind = '') => {
  const field = form.querySelector('[name="task"]');
  if (kind || field.value) form.querySelector('[name="kind"]').value = kind || 'visit';
  field.value = task;
};

/** Have the offers fetched once, whichever comes first: the finger on the button or the open sheet. */
const ready = (form, customer = '') => {
  if (!('loaded' in form.dataset || 'loading' in form.dataset)) load(form, customer);
};
document.addEventListener('pointerdown', (event) => {
  const opener = sheet && event.target.closest?.('[data-open="log-sheet"]');
  if (opener) ready(sheet.querySelector('form'), opener.dataset.customer);
});
all(document, '[data-log-form]').forEach(sync);

// ---- chips, searches, the time -----------------------------------------------------------------
document.addEventListener('change', (event) => {
  const form = formOf(event.target);
  if (!form) return;
  if (event.target.name === 'customer') sync(form);
  if (event.target.name === 'happened_at') {
    const slot = form.querySelector('[data-when]');
    slot.textContent = event.target.value.replace('T', ' ').slice(5) || slot.dataset.when;
  }
});

const renew = (form) => {
  form.querySelector('[data-uuid]').value = uuid();
  delete form.dataset.pressed;
};

document.addEventListener('click', (event) => {
  const button = event.target.closest('[data-find], [data-choose], [data-join]');
  const form = button && formOf(button);
  if (!form) return;
  const { find, choose: customer, join: person, name } = button.dataset;
  if (find) {
    const box = document.getElementById(find);
    box.hidden = !box.hidden;
    button.setAttribute('aria-expanded', `${!box.hidden}`);
    if (!box.hidden) box.querySelector('input').focus();
    return;
  }
  if (customer) choose(form, customer, name);
  if (person) join(form, person, name);
  const found = button.parentElement;
  found.replaceChildren();
  form.querySelector(`[data-found="${found.id}"]`).value = '';
  const box = found.closest('.log-find');
  if (box) { box.hidden = true; form.querySelector(`[data-find="${box.id}"]`).setAttribute('aria-expanded', 'false'); }
  form.querySelector('textarea').focus();
});

// The last term wins; an input method is left alone until the word is taken.
let asked = 0;
const look = (event) => {
  const field = event.target;
  if (!field.matches?.('[data-find-in]') || composing(event)) return;
  const turn = ++asked;
  setTimeout(async () => {
    if (turn !== asked) return;
    const url = new URL(field.dataset.findIn, location.href);
    url.searchParams.set('q', field.value);
    const answer = await fetch(url, { headers: { 'HX-Request': 'true' } }).catch(() => null);
    if (turn === asked && answer?.ok && !answer.redirected) document.getElementById(field.dataset.found).innerHTML = await answer.text();
  }, 200);
};
document.addEventListener('input', look);
document.addEventListener('compositionend', look);

// ---- sending -----------------------------------------------------------------------------------
// Enter in a search looks; it must not save the visit.
window.addEventListener('submit', (event) => {
  const field = document.activeElement;
  if (!field?.matches('[data-find-in]') || !event.target.contains(field)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
}, true);

// What waits for the network happened when Save was first pressed, whatever the phone's clock says.
document.addEventListener('submit', (event) => {
  const form = event.target;
  const field = form.matches?.('[data-log-form]') && form.querySelector('[name="ago"]');
  if (!field || 'sent' in form.dataset) return;
  form.dataset.pressed ??= `${Date.now()}`;
  field.value = Math.max(0, Math.round((Date.now() - Number(form.dataset.pressed)) / 1000));
}, true);

document.addEventListener('log-renew', (event) => { if (formOf(event.target)) renew(formOf(event.target)); });
document.addEventListener('visit-logged', () => {
  if (!sheet) return;
  const form = sheet.querySelector('form');
  forgetIn(sheet);
  form.reset();
  form.querySelector('[data-refused]').replaceChildren();
  form.querySelector('[data-when]').textContent = form.querySelector('[data-when]').dataset.when;
  renew(form);
  sync(form);
  sheet.close();
  document.querySelector('main .undo-bar')?.scrollIntoView({ block: 'nearest' });
});
