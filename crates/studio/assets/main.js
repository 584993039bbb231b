// Where the page begins: one photo, or the grid and one photo of it at a time.

import * as all from './all.js';
import { end, get, hasToken, onState, send } from './api.js';
import * as editor from './editor.js';
import { byId, takesKeys } from './element.js';
import * as grid from './grid.js';
import * as help from './help.js';
import { loadAhead } from './loading.js';
import * as make from './make.js';
import { isChosen, isRefused } from './order.js';
import { same } from './choice.js';
import * as store from './photos.js';
import { announce, sentence, toast, worded } from './say.js';
import { many } from './units.js';

const { photos } = store;
const GONE = {
  gone: 'headshot has stopped. Start it again with the same command; what you have chosen is kept.',
  stranger: 'This page belongs to a studio that has ended. Open the address that headshot has printed last.',
};

let studio = null;
let opened = null;
/** What the list says of the opened photo's file, and of its choice. */
let seen = { file: '', choice: null };
const isMany = () => studio?.mode === 'many';

onState((state) => {
  const notice = byId('gone');
  notice.hidden = state === 'here';
  notice.textContent = GONE[state] ?? '';
});

async function start() {
  if (!hasToken) {
    byId('wait').textContent = 'This page needs the key in its address. Open the whole address that headshot has printed, from http to its end.';
    return;
  }
  try {
    studio = await get('studio');
    help.build(isMany());
    document.body.classList.toggle('many', isMany());
    title();
    store.listen({ changed, conflict, failed });
    editor.start(studio, { save, changed: status, refused: status, reopen, stands: prepare });
    await store.start(studio.revision ?? 0);
  } catch (error) {
    if (byId('gone').hidden) byId('wait').textContent = sentence(error);
    else byId('wait').hidden = true;
    return;
  }
  byId('wait').hidden = true;
  if (!isMany()) {
    byId('editor').hidden = false;
    byId('skip').textContent = 'Skip to the photo';
    await open([...photos.keys()][0]);
    return;
  }
  byId('skip').textContent = 'Skip to the photos';
  make.start(studio);
  grid.listen({ open: (id) => visit(id), accept: acceptInGrid });
  byId('accept').hidden = false;
  byId('reset').hidden = false;
  byId('step').hidden = true;
  route();
}

function title() {
  const photo = opened === null ? null : photos.get(opened);
  const name = photo?.name ?? studio.title;
  byId('title').textContent = name;
  const people = photo?.person ?? '';
  byId('subtitle').textContent = photo && isMany() ? people : isMany() ? `${many(studio.count, 'photo')}${studio.out ? ` for ${studio.out}` : ''}` : 'headshot studio';
  document.title = `${name} · headshot studio`;
}

// --- one photo of many: its number is in the address, so that Back and Reload work as usual

const wanted = () => {
  const found = location.hash.match(/^#photo-(\d+)$/);
  return found && photos.has(Number(found[1])) ? Number(found[1]) : null;
};

function visit(id, replaces = false) {
  const address = id === null ? location.pathname : `#photo-${id}`;
  history[replaces ? 'replaceState' : 'pushState'](null, '', address);
  route();
}

addEventListener('popstate', () => isMany() && route());

async function route() {
  const id = wanted();
  const was = opened;
  if (was !== null) editor.finishChanges();
  byId('all').hidden = id !== null;
  byId('editor').hidden = id === null;
  byId('back').hidden = id === null;
  byId('step').hidden = id === null;
  document.body.classList.toggle('one', id !== null);
  if (id === null) {
    editor.close();
    opened = null;
    title();
    all.changed([]);
    if (was !== null) grid.goTo(was);
    grid.focus();
  } else if (id !== was) {
    all.stay();
    if (grid.order().length === 0) all.changed([]);
    await open(id);
  }
}

const told = (photo) => ({ file: `${photo.bytes} ${photo.lapsed} ${photo.message}`, choice: isChosen(photo) ? photo.choice : null });

async function open(id, isAgain = false) {
  opened = id;
  seen = told(photos.get(id));
  title();
  status();
  if (isMany()) grid.goTo(id);
  const moves = !takesKeys(document.activeElement) || document.activeElement === document.body || byId('all').contains(document.activeElement);
  await editor.open(photos.get(id), isAgain);
  if (moves && opened === id) editor.focus();
}

function reopen(id) {
  opened = null;
  open(id, true);
}

function save(id, choice, hash) {
  store.choose(id, choice, hash);
  status();
}

// --- what the store says

function changed(ids) {
  if (isMany()) all.changed(ids);
  if (opened !== null && ids.includes(opened)) {
    const photo = photos.get(opened);
    const was = seen;
    seen = told(photo);
    const now = editor.settled();
    const isNew = !same(was.choice, seen.choice) && photo.lapsed === null;
    if (now && isNew && store.isSaved(opened) && !store.agrees(seen.choice, now)) editor.showTheirs(seen.choice, null);
    // Not before it is looked at: until then nothing is known of it.
    if (was.file !== seen.file && (photo.bytes !== null || photo.message !== null)) editor.recheck();
    status();
  }
}

function conflict(id, mine) {
  if (id === opened) editor.showTheirs(photos.get(id).choice, mine);
  else toast(`Another page chose for ${photos.get(id).name}: its choice stays.`, 'bad');
}

function failed(id, error) {
  if (id === opened && (error.status === 409 || error.status === 410)) {
    editor.refuse(error);
    return;
  }
  // The older choice stays, and nobody else has chosen it.
  if (id === opened) seen = told(photos.get(id));
  toast(`${photos.get(id).name}: ${sentence(error)}`, 'bad');
}

const LACKS = { photo: 'There is no avatar, so nothing is chosen.', choice: 'No avatar can be made this way: choose another.' };

/** What stands beside the buttons: whether this photo is chosen, and saved. */
function status() {
  if (!isMany() || opened === null) return;
  const photo = photos.get(opened);
  const place = grid.placeOf(opened);
  byId('position').textContent = place < 0 ? '' : grid.position(opened);
  for (const [button, step] of [['previous', -1], ['next', 1]]) {
    byId(button).setAttribute('aria-disabled', grid.neighbor(opened, step) === null);
  }
  const lacks = editor.lacking();
  byId('reset').disabled = !isChosen(photo) || lacks === 'photo';
  const now = editor.settled();
  const isLost = now && store.isSaved(opened) && !store.agrees(isChosen(photo) ? photo.choice : null, now);
  const text = LACKS[lacks && isRefused(photo) ? 'photo' : lacks] ?? photo.lapsed ?? (isLost ? 'Not saved.' : !isChosen(photo) ? 'Not chosen yet: this is the default.' : store.isSaved(opened) ? 'Chosen, and saved.' : 'Saving …');
  const state = byId('state');
  if (state.textContent !== text) state.textContent = text;
  state.className = `state ${lacks || photo.lapsed || isLost ? 'bad' : isChosen(photo) ? 'good' : ''}`;
}

// --- going through them

function step(by) {
  const id = grid.neighbor(opened, by);
  if (id !== null) visit(id, true);
  else announce(by > 0 ? 'This is the last photo' : 'This is the first photo');
}

function accept() {
  if (!editor.accept()) {
    toast('A photo without an avatar cannot be accepted.', 'bad');
    return;
  }
  announce(`Accepted ${photos.get(opened).name}`);
  if (grid.neighbor(opened, 1) !== null) step(1);
  else toast('That was the last photo.');
}

/** The next photo comes at once. */
function prepare() {
  const next = isMany() ? photos.get(grid.neighbor(opened, 1)) : null;
  if (next && !isRefused(next)) loadAhead(next.id, isChosen(next) ? (next.choice.rotate ?? 0) : 0);
}

/** Accepts a photo as the grid shows it: by its choice, or by what is the default for it. */
async function acceptInGrid(id) {
  all.stay();
  const photo = photos.get(id);
  if (isRefused(photo)) {
    toast(`${photo.name} has no avatar: ${worded(photo.message ?? 'it was refused')}`, 'bad');
    return;
  }
  const place = grid.placeOf(id);
  announce(`Accepted ${photo.name}`);
  if (grid.currentId() === id) grid.go(place + 1);
  if (isChosen(photo)) return;
  try {
    const described = await get(`photos/${id}`);
    await store.choose(id, described.default ?? { fit: 'face' }, described.photo);
  } catch (error) {
    failed(id, error);
  }
}

byId('accept').addEventListener('click', accept);
byId('reset').addEventListener('click', editor.useDefault);
byId('previous').addEventListener('click', () => step(-1));
byId('next').addEventListener('click', () => step(1));
byId('back').addEventListener('click', () => visit(null));
byId('skip').addEventListener('click', (event) => {
  event.preventDefault();
  if (opened !== null) editor.focus();
  else if (isMany()) grid.focus();
  else byId('main').focus();
});

const KEYS = {
  f: () => editor.frame(),
  r: () => editor.rotate(90),
  R: () => editor.rotate(-90),
};
const MANY_KEYS = { j: () => step(1), k: () => step(-1), ' ': accept, Enter: accept, Escape: () => visit(null) };

addEventListener('keydown', (event) => {
  if (event.defaultPrevented || document.querySelector('dialog[open]') || !studio) return;
  const command = event.ctrlKey || event.metaKey;
  const isTyping = event.target.matches?.('input:not([type=radio], [type=range]), textarea');
  if (command && event.key.toLowerCase() === 'z' && !isTyping && opened !== null) {
    event.preventDefault();
    if (event.shiftKey) editor.redoNext();
    else editor.undoLast();
    return;
  }
  if (command || event.altKey || isTyping) return;
  const isPress = event.key === ' ' || event.key === 'Enter';
  if (isPress && event.target instanceof Element && takesKeys(event.target, event.key)) return;
  let act = event.key === '?' ? help.open : null;
  if (opened !== null) act ??= KEYS[event.key] ?? (isMany() ? MANY_KEYS[event.key] : null);
  else if (event.key === '/' && isMany()) act = () => byId('search').focus();
  if (!act) {
    if (opened === null && isMany() && event.target === document.body) grid.key(event);
    return;
  }
  event.preventDefault();
  act();
});

byId('done').addEventListener('click', async () => {
  editor.finishChanges();
  await store.settled();
  try {
    const answer = await send('POST', 'done');
    end();
    byId('end-text').textContent = answer.message ?? '';
  } catch (error) {
    toast(sentence(error), 'bad');
    return;
  }
  for (const part of document.querySelectorAll('main > :not(#end), header .actions, header nav, #back, #making')) part.remove();
  byId('end').hidden = false;
  byId('end').firstElementChild.focus();
});

// Send unsaved changes before the page is left.
addEventListener('pagehide', () => editor.finishChanges());

start();
