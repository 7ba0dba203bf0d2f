// Searching while one types. While an input method composes, what stands in the field is no term yet.
import { composing } from './page.js';

const FIELDS = '[data-list-search], #palette-field';
const typed = (field) => field.dispatchEvent(new CustomEvent('typed', { bubbles: true }));

document.addEventListener('input', (event) => {
  if (event.target.matches(FIELDS) && !composing(event)) typed(event.target);
});
document.addEventListener('compositionend', (event) => {
  if (event.target.matches(FIELDS)) typed(event.target);
});
