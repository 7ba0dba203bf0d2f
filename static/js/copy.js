// A button that copies what it holds: `data-copy="text"`, and says so: `data-copied="word"`.
document.addEventListener('click', async (event) => {
  const button = event.target.closest?.('[data-copy]');
  if (!button) return;
  if (!navigator.clipboard) {   // without HTTPS: mark the value, so that it can be copied by hand
    getSelection().selectAllChildren(button.closest('li').querySelector('[data-focus]'));
    return;
  }
  await navigator.clipboard.writeText(button.dataset.copy);
  button.textContent = button.dataset.copied;
});
