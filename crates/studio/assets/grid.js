// The grid of all photos. The page holds only what is in view, and a little more, for 20 photos and for 20,000.

import { byId, element, icon } from './element.js';
import { isOpen, isRefused, isSettled, problemOf } from './order.js';
import { photos } from './photos.js';
import { keyOf, want } from './thumbs.js';
import { count } from './units.js';

/** Rows beyond what is in sight, above and below. */
const MORE = 2;
const [grid, field, empty] = ['grid', 'field', 'empty'].map(byId);

let ids = [];
/** The place of each photo in the order. */
let places = new Map();
let current = 0;
let columns = 1;
let cell = { width: 1, height: 1 };
let tell = {};
/** By their place in the order. */
const cells = new Map();
const spare = [];
let isDue = false;

/** `open(id)` and `accept(id)`. */
export function listen(listeners) {
  tell = listeners;
}

/** Shows these photos in this order. The current one stays current, or else the first is. */
export function show(order, { keeps = true } = {}) {
  const id = ids[current];
  ids = order;
  places = new Map(ids.map((each, place) => [each, place]));
  const at = keeps ? placeOf(id) : 0;
  current = Math.max(at, 0);
  for (const [place, node] of cells) release(place, node);
  grid.hidden = ids.length === 0;
  empty.hidden = ids.length > 0;
  layout();
  if (!keeps) grid.scrollTop = 0;
  else if (at >= 0) reveal();
}

export const currentId = () => ids[current] ?? null;
export const order = () => ids;
export const focus = () => grid.focus({ preventScroll: true });
export const isAtTop = () => grid.scrollTop < 40 && current === 0;

/** Makes the photo at this place the current one, and brings it into sight. */
export function go(place) {
  current = Math.min(Math.max(place, 0), ids.length - 1);
  reveal();
  paint();
}

export function goTo(id) {
  const place = placeOf(id);
  if (place >= 0) go(place);
}

/** The photo so many places on, or null beyond the ends. */
export const neighbor = (id, step) => (places.has(id) ? (ids[places.get(id) + step] ?? null) : null);
export const placeOf = (id) => places.get(id) ?? -1;

/** Something of these photos has changed. */
export function refresh(changed) {
  const set = new Set(changed);
  for (const [place, node] of cells) if (set.has(ids[place])) fill(node, place);
  load();
}

function layout() {
  const style = getComputedStyle(field);
  const least = parseFloat(style.getPropertyValue('--cell'));
  const width = field.clientWidth;
  if (!width) return;
  columns = Math.max(1, Math.floor(width / least));
  cell = { width: width / columns, height: parseFloat(style.getPropertyValue('--row')) };
  field.style.height = `${Math.ceil(ids.length / columns) * cell.height}px`;
  for (const [place, node] of cells) put(node, place);
  paint();
}

new ResizeObserver(() => {
  layout();
  if (!grid.hidden) reveal();
}).observe(grid);

grid.addEventListener('scroll', () => {
  if (isDue) return;
  isDue = true;
  requestAnimationFrame(() => {
    isDue = false;
    paint();
  });
}, { passive: true });

function reveal() {
  if (!grid.clientHeight) return;
  const top = Math.floor(current / columns) * cell.height;
  if (top < grid.scrollTop) grid.scrollTop = top;
  else if (top + cell.height > grid.scrollTop + grid.clientHeight) grid.scrollTop = top + cell.height - grid.clientHeight + 8;
}

function inSight(more) {
  const first = Math.max(0, Math.floor(grid.scrollTop / cell.height) - more);
  const last = Math.ceil((grid.scrollTop + grid.clientHeight) / cell.height) + more;
  return [first * columns, Math.min(last * columns, ids.length)];
}

function paint() {
  if (!grid.clientHeight && ids.length) return;
  const [first, end] = inSight(MORE);
  // The current one stays in the page wherever it is, because a screen reader's focus is on it.
  for (const [place, node] of cells) if ((place < first || place >= end) && place !== current) release(place, node);
  for (let place = first; place < end; place += 1) if (!cells.has(place)) take(place);
  if (ids.length && !cells.has(current)) take(current);
  for (const node of spare) if (!node.hidden) node.hidden = true;
  for (const [place, node] of cells) {
    node.setAttribute('aria-selected', place === current);
    node.classList.toggle('current', place === current);
  }
  if (ids.length) grid.setAttribute('aria-activedescendant', cells.get(current).id);
  else grid.removeAttribute('aria-activedescendant');
  load();
}

function load() {
  const [first, end] = inSight(0);
  const [, after] = inSight(MORE);
  const sight = [];
  for (let place = first; place < after; place += 1) sight.push(place);
  const list = sight.map((place) => photos.get(ids[place]));
  want(list, (photo, address, message) => {
    const node = cells.get(placeOf(photo.id));
    if (node && node.dataset.key === keyOf(photo)) picture(node, address, message);
  });
  grid.dataset.inSight = end - first;
}

function picture(node, address, message) {
  const image = node.firstElementChild.firstElementChild;
  if (address) {
    if (image.getAttribute('src') !== address) image.src = address;
  } else {
    image.removeAttribute('src');
  }
  node.classList.toggle('loaded', Boolean(address));
  node.classList.toggle('without', !address);
  if (message) node.title = message;
}

function take(place) {
  const node = spare.pop() ?? blank();
  cells.set(place, node);
  if (node.hidden) node.hidden = false;
  put(node, place);
  fill(node, place);
}

function release(place, node) {
  cells.delete(place);
  node.firstElementChild.firstElementChild.removeAttribute('src');
  node.dataset.key = '';
  node.classList.remove('current');
  node.setAttribute('aria-selected', 'false');
  spare.push(node);
}

let made = 0;

function blank() {
  const node = element('div', { className: 'cell', id: `cell-${(made += 1)}` },
    element('span', { className: 'picture' }, element('img', { alt: '', draggable: false }), element('span', { className: 'tick' }, icon('check'))),
    element('span', { className: 'name' }), element('span', { className: 'note' }), element('span', { className: 'unseen' }));
  node.setAttribute('role', 'option');
  node.addEventListener('click', () => {
    go(Number(node.dataset.place));
    tell.open(currentId());
  });
  field.append(node);
  return node;
}

function put(node, place) {
  node.style.width = `${cell.width}px`;
  node.style.height = `${cell.height}px`;
  node.style.transform = `translate(${(place % columns) * cell.width}px, ${Math.floor(place / columns) * cell.height}px)`;
}

function fill(node, place) {
  const photo = photos.get(ids[place]);
  const problem = problemOf(photo);
  const [, name, note, more] = node.children;
  const file = photo.name.slice(photo.name.lastIndexOf('/') + 1);
  name.textContent = photo.person ?? file;
  note.textContent = problem || (isSettled(photo) ? 'chosen' : '');
  node.title = [photo.name, photo.lapsed ?? photo.message].filter(Boolean).join('\n');
  node.dataset.place = place;
  node.classList.toggle('chosen', isSettled(photo));
  node.classList.toggle('open', isOpen(photo));
  node.classList.toggle('refused', isRefused(photo));
  // Screen readers read the visible text first, and then the rest.
  const others = photo.problems.filter((other) => other !== problem);
  const said = [photo.name !== name.textContent ? photo.name : null, ...others, problem && isSettled(photo) ? 'chosen' : null];
  more.textContent = said.filter(Boolean).map((text) => `, ${text}`).join('');
  node.setAttribute('aria-setsize', ids.length);
  node.setAttribute('aria-posinset', place + 1);
  const key = keyOf(photo);
  if (node.dataset.key !== key) {
    // An older avatar of the same photo stays visible until the new one arrives.
    if (node.dataset.photo !== String(photo.id)) node.classList.remove('loaded', 'without');
    node.dataset.key = key;
    node.dataset.photo = photo.id;
  }
}

const page = () => Math.max(1, Math.floor(grid.clientHeight / cell.height)) * columns;
const STEPS = {
  j: () => 1, k: () => -1, ArrowRight: () => 1, ArrowLeft: () => -1, ArrowDown: () => columns, ArrowUp: () => -columns,
  PageDown: page, PageUp: () => -page(), Home: () => -ids.length, End: () => ids.length,
};

/** Takes a key, pressed on the grid or where it means nothing else. */
export function key(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || !ids.length) return;
  const step = STEPS[event.key];
  if (step) {
    const next = current + step();
    const isRow = event.key === 'ArrowDown' || event.key === 'ArrowUp';
    if (!isRow || (next >= 0 && next < ids.length)) go(next);
  } else if (event.key === 'Enter') {
    tell.open(currentId());
  } else if (event.key === ' ') {
    tell.accept(currentId());
  } else {
    return;
  }
  event.preventDefault();
  focus();
}
grid.addEventListener('keydown', key);

/** "12 of 2,000". */
export const position = (id) => `${count(placeOf(id) + 1)} of ${count(ids.length)}`;
