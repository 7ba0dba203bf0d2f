// Ticks in a list: the head ticks the page; what is ticked is kept by the server.
const ticks = (form) => [...form.querySelectorAll('tbody input[name=pick]')];

const agree = (form) => {
  const all = form.querySelector('[data-tick-all]');
  if (!all) return;
  const on = ticks(form).filter((tick) => tick.checked).length;
  all.checked = on > 0 && on === ticks(form).length;
  all.indeterminate = on > 0 && !all.checked;
};

const everywhere = (root) => root.querySelectorAll?.('.picking').forEach(agree);

document.addEventListener('change', (event) => {
  const form = event.target.closest('.picking');
  if (!form) return;
  if (event.target.matches('[data-tick-all]')) {
    ticks(form).forEach((tick) => { tick.checked = event.target.checked; });
  }
  agree(form);
}, true);   // before the form is sent on

document.addEventListener('htmx:load', (event) => everywhere(event.target.parentElement ?? document));
everywhere(document);
