// Light or dark by hand. The cookie lets the server write it into the page, so nothing flashes.
const root = document.documentElement;
const dark = () => (root.dataset.theme ? root.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches);

document.addEventListener('click', (event) => {
  if (!event.target.closest('[data-theme-toggle]')) return;
  root.dataset.theme = dark() ? 'light' : 'dark';
  document.cookie = `theme=${root.dataset.theme}; path=/; max-age=31536000; samesite=lax`;
});
