// The view of all photos: filters, search, and the order, which does not change while the user looks.

import { byId, element } from './element.js';
import * as grid from './grid.js';
import { FILTERS, counted, ordered } from './order.js';
import { photos, stillLooking } from './photos.js';
import { announce } from './say.js';
import { count, many } from './units.js';

const [search, chips, looking, lookingText, resort] = ['search', 'filters', 'looking', 'looking-text', 'resort'].map(byId);

let filter = 'all';
/** The order that would be right now, where it is not the one that is shown. */
let due = null;

const buttons = FILTERS.map(({ id, label }) => {
  const number = element('span', { className: 'number' });
  const button = element('button', { className: 'filter', data: { filter: id } }, label, ' ', number);
  button.addEventListener('click', () => {
    filter = id;
    sift();
  });
  return { id, button, number };
});
chips.replaceChildren(...buttons.map(({ button }) => button));

/** Shows what passes the filter and the search, in the right order, from the top. */
function sift() {
  due = null;
  grid.show(ordered(photos, filter, search.value), { keeps: false });
  update();
  const found = grid.order().length;
  announce(found ? many(found, 'photo') : 'No photos');
}

let typed;
search.addEventListener('input', () => {
  clearTimeout(typed);
  typed = setTimeout(sift, 120);
});
search.addEventListener('keydown', (event) => {
  if (event.key === 'ArrowDown' || event.key === 'Enter') grid.focus();
  else if (event.key === 'Escape' && search.value) {
    search.value = '';
    sift();
  } else return;
  event.preventDefault();
});

resort.addEventListener('click', () => {
  if (due) grid.show(due, { keeps: false });
  due = null;
  update();
  grid.focus();
});

/** Some photos have changed. What is in sight is mended in place; the order only where nobody has begun to go through it. */
export function changed(ids) {
  if (grid.order().length === 0 && photos.size) {
    grid.show(ordered(photos, filter, search.value), { keeps: false });
  } else {
    const next = ordered(photos, filter, search.value);
    const isSame = next.length === grid.order().length && next.every((id, place) => id === grid.order()[place]);
    if (!isSame && grid.isAtTop() && !hasMoved) {
      grid.show(next, { keeps: false });
    } else {
      due = isSame ? null : next;
      grid.refresh(ids);
    }
  }
  update();
}

/** Once somebody has chosen or opened a photo, nothing moves by itself any more. */
let hasMoved = false;
export function stay() {
  hasMoved = true;
}

function update() {
  const counts = counted(photos);
  for (const { id, button, number } of buttons) {
    number.textContent = count(counts[id]);
    button.setAttribute('aria-pressed', id === filter);
    button.hidden = counts[id] === 0 && id !== 'all' && id !== filter;
  }
  const left = stillLooking();
  const others = due ? new Set(due).size : 0;
  lookingText.textContent = left ? `Looking for faces: ${count(left)} to go` : '';
  resort.hidden = !others;
  resort.textContent = 'Sort again';
  looking.hidden = !left && !others;
  byId('empty').textContent = search.value ? 'No photo has that in its name.' : 'No photos here.';
}
