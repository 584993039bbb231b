// What the page says: to screen readers, and as toasts to everybody.

import { byId, element } from './element.js';

const SHOWN_FOR = 6000;
let later;

/** Read out once nothing newer has come for a moment, so that a drag is one sentence. */
export function announce(text) {
  clearTimeout(later);
  later = setTimeout(() => {
    byId('live').textContent = text;
  }, 350);
}

/** A sentence at the lower edge that disappears by itself. `kind` is `good` or `bad`. */
export function toast(text, kind = 'good') {
  const shown = element('p', { className: `toast ${kind}`, textContent: text });
  byId('toasts').append(shown);
  const go = () => shown.remove();
  shown.addEventListener('click', go);
  setTimeout(go, kind === 'bad' ? 2 * SHOWN_FOR : SHOWN_FOR);
}

/** What the command's words say here: this page has numbers and modes to click where the command has flags. */
const HERE = [
  // Where the faces are is marked on the photo.
  [/\b(\d+): \d+ x \d+ at \d+,\d+/g, '$1'],
  [/choose one by its number, as in --face \d+/, 'click its number on the photo'],
  [/choose one by its number from the left/, 'click its number on the photo'],
  [/^--face N .*/, 'click the number of one of them on the photo'],
  [/^--face-fallback .*/, 'choose Cover, Contain or a square of your own'],
  [/^--(?=[a-z])/, 'with headshot normalize, --'],
];

/** A warning, message or hint of the server, in words that fit on this page. */
export const worded = (text) => HERE.reduce((said, [flag, here]) => said.replace(flag, here), text);

/** What a refusal says, with its hint. */
export const sentence = (refusal) => [refusal.message, refusal.hint].filter(Boolean).map(worded).join('. ');
