// One photo: its square, its choice and its preview, held together. Every change goes through `change` and can be undone.

import { Refusal, get, send } from './api.js';
import { same, tidy, turned } from './choice.js';
import * as controls from './controls.js';
import { byId } from './element.js';
import * as finish from './finish.js';
import { load } from './loading.js';
import { newestWins } from './newest.js';
import { isChosen } from './order.js';
import * as previews from './previews.js';
import { announce, sentence, worded } from './say.js';
import * as sent from './sent.js';
import { clamped, described, largest } from './square.js';
import * as stage from './stage.js';

/** So long after the last key, in milliseconds, is the whole avatar made. */
const SETTLES = 300;
const [squareText, refused, undo, redo, right] = ['square-text', 'refused', 'undo', 'redo', 'right'].map(byId);
const [atX, atY, atSide, conflict] = ['at-x', 'at-y', 'at-side', 'conflict'].map(byId);

let studio = null;
let tell = {};
/** The photo as the server describes it in its present rotation, or null while there is none. */
let details = null;
let id = null;
let frames = 1;
let opened = 0;
/** What is wanted: a choice, and whether it is only the default. */
let wish = null;
let square = null;
let past = [];
let future = [];
/** What was wanted before a drag or a run of keys began. */
let before = null;
let settles;
let theirsInstead = null;
/** Why there is no avatar: because of the `photo`, or only of the `choice`; or null. */
let lacks = null;
const CHANGED = { message: 'the photo has changed on disk since it was opened here', hint: 'look at it again before you go on' };

/** `save(id, choice, hash)` gets each final choice; null is the default, and the hash is the photo's. */
export function start(described, listeners) {
  studio = described;
  tell = listeners;
  finish.start(studio, () => details && { id, photo: details.photo, choice: tidy(wish.choice) }, refuse);
  controls.leaveTo(focus);
}

const ask = newestWins(
  ({ of, hash, choice, draft }, signal) => send('POST', `photos/${of}/avatar`, { choice, draft, photo: hash }, { signal }),
  (answer, asked) => asked.of === id && showAvatar(answer, asked),
  (error, asked) => asked.of === id && error instanceof Refusal && noAvatar(error),
);

/** `isAgain` after the file has changed: the list may not know yet that its choice has lapsed. */
export async function open(photo, isAgain = false) {
  close();
  id = photo.id;
  frames = photo.frames ?? 1;
  const mine = (opened += 1);
  previews.build(photo.person ?? 'You');
  byId('editor').setAttribute('aria-busy', 'true');
  let chosen = isChosen(photo) ? photo.choice : null;
  let loaded = await loadFor(mine, chosen?.rotate ?? 0);
  if (!loaded) return;
  if (isAgain) chosen = loaded.choice ?? null;
  const choice = chosen ?? loaded.default ?? { fit: 'face' };
  if ((choice.rotate ?? 0) !== loaded.rotate) loaded = await loadFor(mine, choice.rotate);
  if (!loaded) return;
  wish = { choice, isDefault: chosen === null };
  showPhoto(loaded);
}

export function close() {
  opened += 1;
  clearTimeout(settles);
  if (details) URL.revokeObjectURL(details.url);
  [id, details, wish, square, before] = [null, null, null, null, null];
  [past, future] = [[], []];
  conflict.hidden = true;
  refuses(null);
  stage.clear();
  previews.clear();
  sent.clear();
  finish.forget();
  buttons();
}

export const focus = () => (refused.hidden ? stage.focus() : byId('title').focus());
export const lacking = () => lacks;
/** What has settled: not what is still being dragged, and nothing of a photo that is refused. */
export function settled() {
  const stands = refused.hidden ? (before ?? wish) : null;
  return stands && { choice: tidy(stands.choice), isDefault: stands.isDefault };
}

async function loadFor(mine, rotate) {
  try {
    const loaded = await load(id, rotate);
    if (mine === opened) return loaded;
    URL.revokeObjectURL(loaded.url);
  } catch (error) {
    if (mine === opened) refuse(error);
  }
  return null;
}

function showPhoto(loaded) {
  if (details) URL.revokeObjectURL(details.url);
  details = loaded;
  frames = details.frames ?? frames;
  const { url, width, height, faces, smallest_square: least } = details;
  stage.show({ url, width, height, found: faces, least: least ?? studio.smallest });
  sent.showPhoto(details.lines);
  byId('editor').setAttribute('aria-busy', 'false');
  apply();
}

/** A photo that has changed on disk, or is gone, has to be looked at again; any other refusal is of the choice alone. */
function noAvatar(error) {
  right.setAttribute('aria-busy', 'false');
  if (error.status === 409 || error.status === 410) {
    refuse(error);
    return;
  }
  refuses('choice');
  sent.showRefusal(sentence(error));
  tell.changed?.();
}

/** Shows only why there is no avatar: what was chosen here was for a photo that is not there any more, or never was. */
export function refuse(error) {
  clearTimeout(settles);
  right.setAttribute('aria-busy', 'false');
  byId('editor').setAttribute('aria-busy', 'false');
  const [message, hint] = refused.children;
  message.textContent = worded(error.message);
  hint.textContent = worded(error.hint ?? '');
  squareText.textContent = '';
  if (details) URL.revokeObjectURL(details.url);
  [details, before, conflict.hidden] = [null, null, true];
  stage.clear();
  refuses('photo');
  sent.showRefusal(worded(error.message));
  tell.refused?.(id);
}

/** Nothing can be done with a photo that is refused, or with a choice that is. */
function refuses(what) {
  lacks = what;
  const isPhoto = what === 'photo';
  const parts = [byId('canvas'), ...document.querySelectorAll('.left > .row, .coding')];
  const hasFocus = isPhoto && parts.some((part) => part.contains(document.activeElement));
  refused.hidden = !isPhoto;
  byId('canvas').hidden = isPhoto;
  for (const part of parts) part.inert = isPhoto;
  if (what) previews.clear();
  finish.allow(what === null);
  if (hasFocus) focus();
}

/** Looks whether the file is still the one that is shown here, because the list says something new of it. */
export async function recheck() {
  const mine = opened;
  try {
    const { photo } = await get(`photos/${id}?rotate=${details?.rotate ?? 0}`);
    if (mine === opened && details && photo !== details.photo) refuse(new Refusal(409, CHANGED));
  } catch (error) {
    if (mine === opened && error.status >= 400 && error.status !== 401) refuse(error);
  }
}

byId('look-again').addEventListener('click', () => tell.reopen(id));

// --- changes

/** Shows what is wanted, and asks for its avatar. */
function apply({ draft = false, glides = false } = {}) {
  const { choice } = wish;
  if (lacks) refuses(null);
  controls.show(choice);
  if (choice.fit === 'crop') place(choice.crop, glides);
  else if (choice.fit === 'contain') place(null);
  right.setAttribute('aria-busy', 'true');
  ask({ of: id, hash: details.photo, choice: tidy(choice), draft, glides });
  buttons();
}

/** Applies this from now on. In the phases `drag` and `keys` it can still change, and only drafts are made. */
function change(choice, phase, glides = false) {
  if (!details) return;
  before ??= wish;
  wish = { choice, isDefault: false };
  conflict.hidden = true;
  finish.forget();
  clearTimeout(settles);
  if (phase === 'end') settle(glides);
  else apply({ draft: true });
  if (phase === 'keys') settles = setTimeout(settle, SETTLES);
}

function settle(glides = false) {
  clearTimeout(settles);
  if (before && (!same(before.choice, wish.choice) || before.isDefault !== wish.isDefault)) {
    past.push(before);
    future = [];
  }
  before = null;
  apply({ glides });
  keep();
}

function keep() {
  tell.save(id, wish.isDefault ? null : tidy(wish.choice), details.photo);
}

/** What has not settled yet does so now: somebody goes on, or away. */
export function finishChanges() {
  if (before && wish && details) settle();
}

function restore(from, to) {
  if (!details) return;
  finishChanges();
  const next = from.pop();
  if (!next) return;
  to.push(wish);
  goTo(next);
}

async function goTo(next) {
  if (!details) return;
  const rotate = next.choice.rotate ?? 0;
  wish = next;
  conflict.hidden = true;
  finish.forget();
  keep();
  if (rotate !== details.rotate) await rotated(rotate);
  else apply({ glides: true });
}

async function rotated(rotate) {
  const mine = (opened += 1);
  const loaded = await loadFor(mine, rotate);
  if (loaded) showPhoto(loaded);
}

export function undoLast() {
  restore(past, future);
}

export function redoNext() {
  restore(future, past);
}

undo.addEventListener('click', undoLast);
redo.addEventListener('click', redoNext);

function buttons() {
  undo.disabled = past.length === 0 && !before;
  redo.disabled = future.length === 0;
  tell.changed?.();
}

export async function rotate(degrees) {
  if (!details) return;
  finishChanges();
  past.push(wish);
  future = [];
  wish = { choice: turned(wish.choice, degrees, details), isDefault: false };
  finish.forget();
  keep();
  announce(`Rotated to ${wish.choice.rotate} degrees`);
  await rotated(wish.choice.rotate);
}

/** Frames a face by its number, or whichever counts. */
export function frame(number = null) {
  if (!details) return;
  const { face: _, ...rest } = wish.choice;
  change({ ...rest, fit: 'face', ...(number ? { face: number } : {}) }, 'end', true);
}

/** Goes back to what is made without a choice. */
export async function useDefault() {
  if (!details || wish.isDefault) return;
  finishChanges();
  past.push(wish);
  future = [];
  await goTo({ choice: details.default ?? { fit: 'face' }, isDefault: true });
}

/** Keeps what is shown as a choice. */
export function accept() {
  if (!details || lacks) return false;
  finishChanges();
  wish = { ...wish, isDefault: false };
  keep();
  return true;
}

// --- the square

stage.listen({
  change: (next, phase) => change({ ...wish.choice, fit: 'crop', crop: next }, phase),
  frame,
});

controls.listen((members, phase) => {
  if (!details) return;
  const choice = { ...wish.choice, ...members };
  for (const name of Object.keys(members)) if (members[name] === undefined) delete choice[name];
  if (members.fit === 'face') delete choice.face;
  if (members.fit === 'crop') choice.crop = square ?? wish.choice.crop ?? details.face_square ?? largest(details);
  change(choice, phase, true);
});

function place(next, glides = false) {
  square = next;
  stage.place(next, glides);
  describeSquare();
}

function describeSquare() {
  byId('numbers').disabled = false;
  for (const [input, name] of [[atX, 'x'], [atY, 'y'], [atSide, 'side']]) {
    // Do not change what the user is typing.
    if (input !== document.activeElement) input.value = square ? square[name] : '';
  }
  const { text, isSoft } = described(square, details, details.smallest_square ?? studio.smallest, studio.largest);
  squareText.textContent = text;
  squareText.classList.toggle('soft', isSoft);
  byId('square').classList.toggle('soft', isSoft);
}

for (const input of [atX, atY, atSide]) {
  input.addEventListener('blur', () => details && describeSquare());
  input.addEventListener('change', () => {
    if (!details || input.value === '') return;
    const from = square ?? largest(details);
    const name = input.id.slice(3);
    const next = clamped({ ...from, [name]: Number(input.value) }, details);
    input.value = next[name];
    change({ ...wish.choice, fit: 'crop', crop: next }, 'end', true);
  });
}

function showAvatar(answer, asked) {
  // A draft of a still is already the whole avatar, but the user is still changing it.
  const draft = answer.draft || asked.draft;
  const isLast = same(wish.choice, asked.choice);
  // A dragged square follows the pointer, not an older answer.
  if (wish.choice.fit !== 'crop' && isLast) place(answer.square, asked.glides);
  previews.show(answer.image, frames > 1 && !answer.draft);
  sent.show({ ...answer, draft }, squareText.textContent);
  if (isLast && !draft) {
    right.setAttribute('aria-busy', 'false');
    tell.stands?.();
  }
  tell.changed?.();
}

// --- other pages

/** Another page has chosen for this photo: its choice is shown, and one step back is what was wanted here. */
export async function showTheirs(theirs, mine) {
  stage.letGo();
  clearTimeout(settles);
  const rejected = mine ? { choice: mine, isDefault: false } : wish;
  if (!same(rejected.choice, theirs)) past.push(rejected);
  [before, future, theirsInstead] = [null, [], rejected];
  wish = theirs ? { choice: theirs, isDefault: false } : { choice: details?.default ?? { fit: 'face' }, isDefault: true };
  conflict.hidden = false;
  conflict.firstElementChild.textContent = 'Another page has just chosen for this photo. Its choice is shown now; yours is one undo away.';
  if (!details) return;
  if ((wish.choice.rotate ?? 0) !== details.rotate) await rotated(wish.choice.rotate ?? 0);
  else apply({ glides: true });
}

byId('use-mine').addEventListener('click', () => {
  if (!theirsInstead || !details) return;
  past.push(wish);
  goTo(theirsInstead);
  stage.focus();
});

byId('rotate-left').addEventListener('click', () => rotate(-90));
byId('rotate-right').addEventListener('click', () => rotate(90));
byId('smaller').addEventListener('click', () => stage.zoom(true));
byId('larger').addEventListener('click', () => stage.zoom(false));
byId('largest').addEventListener('click', stage.fill);
byId('frame').addEventListener('click', () => frame());
