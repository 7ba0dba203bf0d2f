// Dialogs and sheets: opened by data-open="id", closed by data-close, the ground, or Escape.
const openers = new WeakMap();

/** Open at once, inside the tap: only then do phones raise the keyboard. */
export const openDialog = (dialog, opener) => {
  if (dialog.open) return;
  openers.set(dialog, opener ?? document.activeElement);
  dialog.showModal();
  dialog.dispatchEvent(new CustomEvent('opened', { detail: opener }));
};

document.addEventListener('click', (event) => {
  const opener = event.target.closest('[data-open]');
  const dialog = opener && document.getElementById(opener.dataset.open);
  if (dialog && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();   // a link is the way for those without scripts
    openDialog(dialog, opener);
    return;
  }
  if (event.target.closest('[data-close]')) event.target.closest('dialog')?.close();
});

// A press that begins and ends on the ground closes; one that began in a field does not.
let pressed = null;
document.addEventListener('pointerdown', (event) => { pressed = event.target; });
document.addEventListener('click', (event) => {
  const dialog = event.target;
  if (!(dialog instanceof HTMLDialogElement) || pressed !== dialog || !dialog.open) return;
  const box = dialog.getBoundingClientRect();
  const inside = event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top && event.clientY <= box.bottom;
  if (!inside) dialog.close();
});

// Safari does not focus a button that is tapped, so the browser's own return of focus is not enough.
document.addEventListener('close', (event) => {
  const opener = openers.get(event.target);
  if (opener?.isConnected) opener.focus();
}, true);

// The keyboard of a phone covers the foot of the page: lift the sheet above it.
const view = window.visualViewport;
view?.addEventListener('resize', () => {
  const covered = Math.max(0, Math.round(window.innerHeight - view.height - view.offsetTop));
  document.documentElement.style.setProperty('--keyboard', `${covered}px`);
});
