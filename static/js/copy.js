// A button that copies what it holds: `data-copy="text"`. Says so in the page's own words.
document.addEventListener('click', async (event) => {
  const button = event.target.closest?.('[data-copy]');
  if (!button) return;
  await navigator.clipboard.writeText(button.dataset.copy);
  button.setAttribute('aria-pressed', 'true');
});
