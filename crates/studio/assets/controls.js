// The controls of a choice: fit, bars, format and quality. They show a choice, and say which members of it change.

import { byId } from './element.js';
import { WHAT } from './choice.js';

const DEFAULT_QUALITY = 90;
const [color, quality] = ['bars-color', 'quality'].map(byId);

let tell = () => {};

/** `listener(members, phase)`; an undefined member is removed. The phase is `drag` while a slider moves. */
export function listen(listener) {
  tell = listener;
}

const radios = (name) => [...document.querySelectorAll(`input[name=${name}]`)];
const pick = (name, value) => {
  for (const radio of radios(name)) radio.checked = radio.value === value;
};

const NAMED = ['auto', 'blur', 'edge', 'transparent'];

/** What stands for this background: CSS's black is the one color that has a name here. */
function barsOf(background = 'auto') {
  if (NAMED.includes(background)) return background;
  return background === 'black' || background === '#000000' ? 'black' : 'color';
}

export function show(choice) {
  pick('fit', choice.fit);
  byId('what').textContent = choice.fit === 'face' && choice.face ? `Frames face ${choice.face}, counted from the left.` : WHAT[choice.fit];
  byId('bars').hidden = choice.fit !== 'contain';
  const bars = barsOf(choice.background);
  pick('bars', bars);
  color.hidden = bars !== 'color';
  if (bars === 'color' && /^#[0-9a-f]{6}$/i.test(choice.background)) color.value = choice.background;
  pick('format', choice.format ?? 'auto');
  quality.disabled = choice.format === 'png';
  byId('quality-label').classList.toggle('off', quality.disabled);
  quality.value = choice.quality ?? DEFAULT_QUALITY;
  byId('quality-text').textContent = quality.disabled ? '–' : (choice.quality ?? 'auto');
  quality.setAttribute('aria-valuetext', choice.quality === undefined ? 'automatic' : String(choice.quality));
}

/** After a click with mouse or finger, keys are meant for the square again. Whoever walks through the controls by keyboard stays there. */
export function leaveTo(focus) {
  let isPointer = false;
  addEventListener('pointerdown', () => (isPointer = true), true);
  addEventListener('keydown', () => (isPointer = false), true);
  for (const part of document.querySelectorAll('.left .row, #faces, #format')) {
    part.addEventListener('click', ({ target }) => {
      if (isPointer && target.closest('input[type=radio], button')) focus();
    });
  }
}

for (const radio of radios('fit')) radio.addEventListener('change', () => tell({ fit: radio.value }, 'end'));
for (const radio of radios('bars')) {
  radio.addEventListener('change', () => {
    tell({ background: radio.value === 'color' ? color.value : radio.value === 'auto' ? undefined : radio.value }, 'end');
  });
}
color.addEventListener('input', () => tell({ background: color.value }, 'drag'));
color.addEventListener('change', () => tell({ background: color.value }, 'end'));
for (const radio of radios('format')) {
  radio.addEventListener('change', () => tell({ format: radio.value === 'auto' ? undefined : radio.value }, 'end'));
}
quality.addEventListener('input', () => tell({ quality: Number(quality.value) }, 'drag'));
quality.addEventListener('change', () => tell({ quality: Number(quality.value) }, 'end'));
