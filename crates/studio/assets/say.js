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

/** What a refusal says, with its hint. */
export const sentence = (refusal) => (refusal.hint ? `${refusal.message}. ${refusal.hint}` : refusal.message);
