// Searching while one types. While an input method composes, what stands in the field is no term yet.
import { composing } from './page.js';

const typed = (field) => field.dispatchEvent(new CustomEvent('typed', { bubbles: true }));

document.addEventListener('input', (event) => {
  if (event.target.matches('[data-list-search]') && !composing(event)) typed(event.target);
});
document.addEventListener('compositionend', (event) => {
  if (event.target.matches('[data-list-search]')) typed(event.target);
});
