// The keyboard shortcuts, as a list that can be opened from anywhere.

import { byId, element } from './element.js';

const SQUARE = [
  ['Arrow keys', 'move the square by 1 pixel, with Shift by 10'],
  ['+  -', 'bring the photo closer, or farther'],
  ['0', 'the largest square'],
  ['F', 'frame the face; so does a double click'],
  ['R', 'rotate right, with Shift left'],
  ['Ctrl+Z', 'undo, with Shift redo'],
  ['Alt', 'held while dragging: do not snap'],
];
const MANY = [
  ['J  K', 'the next photo, the one before'],
  ['Enter', 'open a photo'],
  ['Space', 'accept a photo and go on'],
  ['Esc', 'back to all photos'],
  ['/', 'search by name'],
];

export function build(isMany) {
  const rows = [...(isMany ? MANY : []), ...SQUARE, ['?', 'this list']];
  byId('help-list').replaceChildren(...rows.map(([keys, what]) => {
    const each = keys.split('  ').map((key) => element('kbd', { textContent: key }));
    return element('div', {}, element('dt', {}, ...each), element('dd', { textContent: what }));
  }));
}

export const open = () => byId('help').showModal();
byId('help-button').addEventListener('click', open);

for (const dialog of document.querySelectorAll('dialog')) {
  dialog.querySelector('.close').addEventListener('click', () => dialog.close());
  // A click outside closes it, too.
  dialog.addEventListener('click', (event) => event.target === dialog && dialog.close());
}
