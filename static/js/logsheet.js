// The log sheet is in the page already. Opening it and raising the keyboard happen in the same tap.
// Its form: [data-uuid], [data-customer-chips] with a <template> for one more chip, a textarea.
// The server answers with the event visit-logged (HX-Trigger) once the visit is stored.
import { forgetIn } from './drafts.js';
import { uuid } from './page.js';

const sheet = document.getElementById('log-sheet');

const addChip = (chips, id, name) => {
  const chip = chips.querySelector('template')?.content.firstElementChild?.cloneNode(true);
  if (!chip) return null;
  chip.querySelector('span').textContent = name;
  const input = chip.querySelector('input');
  input.value = id;
  chips.prepend(chip);
  return input;
};

/** Choose a customer in the sheet, adding a chip if none is there. */
export const choose = (id, name) => {
  const chips = sheet.querySelector('[data-customer-chips]');
  if (!chips || !id) return;
  const input = chips.querySelector(`input[value="${CSS.escape(id)}"]`) ?? addChip(chips, id, name ?? id);
  if (!input || input.checked) return;
  input.checked = true;
  input.dispatchEvent(new Event('change', { bubbles: true }));
  input.closest('.chip').scrollIntoView({ block: 'nearest', inline: 'nearest' });
};

sheet?.addEventListener('opened', (event) => {
  const { customer, customerName } = event.detail?.dataset ?? {};
  (sheet.querySelector('[data-first]') ?? sheet.querySelector('textarea'))?.focus();
  choose(customer, customerName);
});

// A search inside the sheet offers customers as buttons: they become the chosen chip.
sheet?.addEventListener('click', (event) => {
  const found = event.target.closest('[data-choose]');
  if (found) choose(found.dataset.choose, found.dataset.name);
});

document.addEventListener('visit-logged', () => {
  if (!sheet) return;
  forgetIn(sheet);
  sheet.querySelectorAll('form').forEach((form) => form.reset());
  sheet.querySelectorAll('[data-uuid]').forEach((field) => { field.value = uuid(); });
  sheet.close();
});
