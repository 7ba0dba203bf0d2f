// Small things that several modules need.

/** Is this key press part of composing with an input method? Safari sends 229 after the end. */
export const composing = (event) => event.isComposing || event.keyCode === 229;

/** Does this element take typed text? */
export const typing = (element) =>
  Boolean(element?.closest?.('input:not([type=checkbox], [type=radio], [type=button]), textarea, select, [contenteditable]'));

/** A copy of one of the texts that the server wrote in the page's language. */
export const text = (name) => {
  const template = document.getElementById(`text-${name}`);
  return template?.content.firstElementChild?.cloneNode(true) ?? template?.content.textContent ?? null;
};

/** Call `work` for what is in the page now and for what htmx brings later. */
export const whenLoaded = (work) => {
  work(document);
  document.addEventListener('htmx:load', (event) => work(event.target));
};

/** A UUID, also without HTTPS, where browsers leave out randomUUID. */
export const uuid = () => {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
};
