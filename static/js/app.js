// Everything works without this file; it only shortens ways.
import './theme.js';
import './dialogs.js';
import './drafts.js';
import './forms.js';
import './logsheet.js';
import './network.js';
import './keys.js';
import './palette.js';
import './search.js';
import './tabs.js';
