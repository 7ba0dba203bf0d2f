// On a narrow screen the row of tabs begins where the present one is.
import { whenLoaded } from './page.js';

whenLoaded((root) => {
  for (const tab of root.querySelectorAll('.tabs > [aria-current]')) {
    const row = tab.parentElement;
    row.scrollLeft = Math.max(0, row.scrollLeft + tab.getBoundingClientRect().right - row.getBoundingClientRect().right + 16);
  }
});
