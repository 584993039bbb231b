// The photo with the square on it: by mouse, finger and keyboard.
//
// It knows nothing about choices. It calls `change(square, phase)`, with the phase `drag` while something moves and `end`
// afterwards, and `frame(number)` to frame a face: 1 is the first from the left, null is the default.

import { byId, element } from './element.js';
import { anchored, clamped, largest, moved, resized, snappedMove, snappedSide, zoomed } from './square.js';

/** So near, in CSS pixels, does the square snap. */
const REACH = 9;
/** So far, in CSS pixels, must a drag go before it draws a new square, or does anything: a click moves nothing. */
const [DRAW, STIR] = [8, 2];
/** A face below this score may be one, and nothing is framed by it. */
export const FACE = 0.8;
/** Small photos are shown larger, up to so many times. */
const MAGNIFIED = 6;

const [stage, canvas, image, box] = ['stage', 'canvas', 'photo', 'square'].map(byId);
const [smallest, faces, guideX, guideY] = ['smallest', 'faces', 'guide-x', 'guide-y'].map(byId);

let photo = null;
let square = null;
let scale = 1;
let drag = null;
let tell = {};
const pointers = new Map();

export function listen(listeners) {
  tell = listeners;
}

/** Shows a photo of this size, with its faces and without a square. */
export function show({ url, width, height, found, least }) {
  drag = null;
  pointers.clear();
  const counted = found.filter((face) => face.score >= FACE);
  photo = { width, height, faces: counted, least };
  image.src = url;
  square = null;
  const chips = counted.map((face, i) => {
    const number = face.number ?? i + 1;
    const chip = element('button', { className: 'chip', textContent: number, title: `Frame face ${number}` });
    chip.setAttribute('aria-label', `Frame face ${number} of ${counted.length}`);
    chip.addEventListener('click', () => tell.frame(number));
    const isOne = counted.length === 1;
    return element('div', { className: isOne ? 'face' : 'face numbered' }, isOne ? null : chip);
  });
  faces.replaceChildren(...chips);
  layout();
}

export function clear() {
  photo = null;
  square = null;
  drag = null;
  image.removeAttribute('src');
  faces.replaceChildren();
}

/** Puts the square there, or takes it away where the whole photo is kept. `glides` where it should be seen to move. */
export function place(next, glides = false) {
  square = next;
  box.classList.toggle('glides', glides);
  draw();
}

export const focus = () => canvas.focus({ preventScroll: true });
export const isDragging = () => drag !== null;

/** Gives a drag up: something else has changed the square. */
export function letGo() {
  drag = null;
  stage.classList.remove('dragging');
  guides({});
}

/** A press of plus or minus, or of their buttons. */
export function zoom(closer, step = 0.04) {
  if (photo) set(zoomed(square ?? largest(photo), closer, step, photo), 'end', true);
}

export function fill() {
  if (photo) set(largest(photo), 'end', true);
}

function layout() {
  if (!photo) return;
  const style = getComputedStyle(stage);
  const room = {
    width: stage.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight),
    height: stage.clientHeight - parseFloat(style.paddingTop) - parseFloat(style.paddingBottom),
  };
  if (room.width <= 0 || room.height <= 0) return;
  scale = Math.min(room.width / photo.width, room.height / photo.height, MAGNIFIED);
  canvas.style.width = `${photo.width * scale}px`;
  canvas.style.height = `${photo.height * scale}px`;
  photo.faces.forEach((face, i) => put(faces.children[i], face.box));
  spread();
  box.classList.remove('glides');
  draw();
}

new ResizeObserver(layout).observe(stage);

/** Puts the number of each face where it covers no other's: at the face's corner, or a step or two beside it. */
function spread() {
  const taken = [];
  const most = { x: photo.width * scale, y: photo.height * scale };
  photo.faces.forEach(({ box: { x, y } }, i) => {
    const chip = faces.children[i].querySelector('.chip');
    if (!chip) return;
    const [width, height] = [chip.offsetWidth + 1, chip.offsetHeight + 1];
    const [left, top] = [x * scale, y * scale];
    const free = STEPS.map(([right, down]) => [left + right * width, top + down * height])
      .find(([px, py]) => px >= 0 && py >= 0 && px + width <= most.x && py + height <= most.y
        && taken.every((one) => px >= one.x + one.width || one.x >= px + width || py >= one.y + one.height || one.y >= py + height));
    const [px, py] = free ?? [left, top];
    taken.push({ x: px, y: py, width, height });
    chip.style.transform = `translate(${px - left}px, ${py - top}px)`;
  });
}

/** Where a number may go, nearest first, in its own widths and heights from its face's corner. */
const THIRDS = Array.from({ length: 19 }, (_, i) => i / 3 - 3);
const STEPS = THIRDS.flatMap((right) => THIRDS.map((down) => [right, down])).sort((a, b) => Math.hypot(...a) - Math.hypot(...b));

function put(node, { x, y, width, height }) {
  node.style.transform = `translate(${x * scale}px, ${y * scale}px)`;
  node.style.width = `${width * scale}px`;
  node.style.height = `${height * scale}px`;
}

const sized = ({ x, y, side }) => ({ x, y, width: side, height: side });

function draw() {
  canvas.classList.toggle('whole', square === null);
  box.hidden = square === null;
  if (!square) {
    smallest.hidden = true;
    return;
  }
  put(box, sized(square));
  // The marks at its corners are never longer than fit.
  box.style.setProperty('--side', `${square.side * scale}px`);
  // The smallest useful square shows if the chosen one is smaller, or comes near it while being resized.
  const fits = photo.least <= Math.min(photo.width, photo.height);
  const near = square.side < photo.least || (drag?.resizes && square.side < 1.6 * photo.least);
  smallest.hidden = !(fits && near && square.side !== photo.least);
  if (!smallest.hidden) {
    put(smallest, sized(resized(square, photo.least, photo)));
    smallest.firstElementChild.textContent = `${photo.least} px`;
  }
}

function guides({ x = null, y = null }) {
  guideX.hidden = x === null;
  guideY.hidden = y === null;
  if (x !== null) guideX.style.transform = `translateX(${x * scale}px)`;
  if (y !== null) guideY.style.transform = `translateY(${y * scale}px)`;
}

function set(next, phase, glides = false) {
  const stands = square && next.x === square.x && next.y === square.y && next.side === square.side;
  if (stands && phase !== 'end') return;
  place(next, glides);
  tell.change(next, phase, !stands);
}

// --- mouse and finger

const at = (event) => {
  const frame = canvas.getBoundingClientRect();
  return { x: (event.clientX - frame.left) / scale, y: (event.clientY - frame.top) / scale };
};

const inside = (point, { x, y, side }) => point.x >= x && point.y >= y && point.x < x + side && point.y < y + side;

const ENDS = { nw: { x: -1, y: -1 }, ne: { x: 1, y: -1 }, sw: { x: -1, y: 1 }, se: { x: 1, y: 1 } };

/** The corner across from the one that grows towards `ends`. */
const across = ({ x, y, side }, ends) => ({ x: ends.x > 0 ? x : x + side, y: ends.y > 0 ? y : y + side });

canvas.addEventListener('pointerdown', (event) => {
  if (!photo || event.button !== 0 || event.target.closest('.chip')) return;
  const point = at(event);
  pointers.set(event.pointerId, point);
  canvas.setPointerCapture(event.pointerId);
  canvas.focus({ preventScroll: true });
  event.preventDefault();
  if (pointers.size === 2) {
    const start = square ?? largest(photo);
    drag = { kind: 'pinch', start, apart: apart(), resizes: true, moved: drag?.moved ?? false };
    return;
  }
  const ends = ENDS[event.target.dataset.corner];
  if (ends && square) {
    const anchor = across(square, ends);
    const grip = { x: (point.x - anchor.x) * ends.x - square.side, y: (point.y - anchor.y) * ends.y - square.side };
    drag = { kind: 'corner', from: point, ends, anchor, grip, resizes: true };
  } else if (square && inside(point, square)) {
    drag = { kind: 'move', start: square, from: point };
  } else {
    drag = { kind: 'draw', from: point, resizes: true };
  }
  stage.classList.add('dragging');
});

const apart = () => {
  const [a, b] = [...pointers.values()];
  return Math.hypot(a.x - b.x, a.y - b.y);
};

canvas.addEventListener('pointermove', (event) => {
  if (!drag || !pointers.has(event.pointerId)) return;
  const point = at(event);
  pointers.set(event.pointerId, point);
  const way = drag.from ? Math.hypot(point.x - drag.from.x, point.y - drag.from.y) * scale : Infinity;
  if (!drag.moved && way < (drag.kind === 'draw' ? DRAW : STIR)) return;
  const { square: next, guides: seen = {} } = follow(point, event.altKey ? 0 : REACH / scale);
  drag.moved = true;
  guides(seen);
  set(next, 'drag');
});

function follow(point, reach) {
  if (drag.kind === 'pinch') {
    return { square: resized(drag.start, (drag.start.side * apart()) / Math.max(drag.apart, 1), photo) };
  }
  if (drag.kind === 'move') {
    const next = moved(drag.start, point.x - drag.from.x, point.y - drag.from.y, photo);
    return snappedMove(next, { faces: photo.faces, photo }, reach);
  }
  if (drag.kind === 'corner') {
    const { ends, anchor, grip } = drag;
    const side = Math.max((point.x - anchor.x) * ends.x - grip.x, (point.y - anchor.y) * ends.y - grip.y);
    return snappedSide(anchor, ends, side, { faces: photo.faces, photo, smallest: photo.least }, reach);
  }
  const [dx, dy] = [point.x - drag.from.x, point.y - drag.from.y];
  const ends = { x: dx < 0 ? -1 : 1, y: dy < 0 ? -1 : 1 };
  const anchor = { x: bounded(drag.from.x, photo.width), y: bounded(drag.from.y, photo.height) };
  const side = Math.max(Math.abs(dx), Math.abs(dy));
  return { square: clamped(anchored(anchor, ends, side, photo), photo) };
}

const bounded = (value, most) => Math.round(Math.min(Math.max(value, 0), most));

function release(event) {
  if (!pointers.delete(event.pointerId) || !drag) return;
  const { moved: hasMoved } = drag;
  letGo();
  draw();
  if (hasMoved && square) set(square, 'end');
}
canvas.addEventListener('pointerup', release);
canvas.addEventListener('pointercancel', release);

canvas.addEventListener('dblclick', (event) => {
  if (!photo || event.target.closest('.chip')) return;
  const point = at(event);
  const hit = photo.faces.findIndex(({ box: { x, y, width, height } }) =>
    point.x >= x && point.y >= y && point.x < x + width && point.y < y + height);
  const one = photo.faces.length > 1 && hit >= 0;
  tell.frame(one ? photo.faces[hit].number ?? hit + 1 : null);
});

// Two fingers on a trackpad arrive as a wheel with Control.
canvas.addEventListener('wheel', (event) => {
  if (!photo || !event.ctrlKey) return;
  event.preventDefault();
  set(resized(square ?? largest(photo), (square ?? largest(photo)).side * Math.exp(event.deltaY / 200), photo), 'drag');
  clearTimeout(wheeled);
  wheeled = setTimeout(() => square && set(square, 'end'), 250);
}, { passive: false });
let wheeled;

// --- keyboard

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

canvas.addEventListener('keydown', (event) => {
  if (!photo || event.ctrlKey || event.metaKey || event.altKey || event.target !== canvas) return;
  const start = square ?? largest(photo);
  const arrow = ARROWS[event.key];
  const step = event.shiftKey ? 10 : 1;
  let next;
  if (arrow) next = moved(start, arrow[0] * step, arrow[1] * step, photo);
  else if (event.key === '+' || event.key === '=') next = zoomed(start, true, 0.02, photo);
  else if (event.key === '-' || event.key === '_') next = zoomed(start, false, 0.02, photo);
  else if (event.key === '0') next = largest(photo);
  else return;
  event.preventDefault();
  set(next, 'keys');
});
