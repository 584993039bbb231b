// The photos of this studio and their choices, as the server knows them.
//
// Requests that read or write choices go one after the other. So the revision that is sent with a choice is always
// one that this page has fully shown: another page's newer choice is a conflict, and never overwritten unseen.

import { Refusal, get, onState, send } from './api.js';
import { same } from './choice.js';

/** While photos are still looked at, and after that, in milliseconds. */
const [SOON, LATER] = [700, 2500];

/** By its number. */
export const photos = new Map();

let seq = 0;
let revision = 0;
let looking = 0;
let tell = {};
let chain = Promise.resolve();

/** What the server is known to have for a photo, and what is still to be sent: the newest for each. */
const known = new Map();
const unsent = new Map();
const hashes = new Map();

/** `changed(ids)`, `conflict(id, mine)` if another page was faster, `failed(id, refusal)`. */
export function listen(listeners) {
  tell = listeners;
}

/** How many photos are still to be looked at. */
export const stillLooking = () => looking;

/** Whether every choice has arrived. */
export const isSaved = (id) => !unsent.has(id);

/** Whether this choice, perhaps null, is what an editor shows. */
export const agrees = (choice, { choice: shown, isDefault }) => (choice === null ? isDefault : !isDefault && same(choice, shown));

/** Resolves once nothing is under way. */
export const settled = () => chain;

function enqueue(job) {
  const done = chain.then(job);
  chain = done.catch(() => {});
  return done;
}

/** Gets all photos, and from then on what changes. */
export async function start(first) {
  revision = first;
  await enqueue(refresh);
  const again = async () => {
    if (!document.hidden) await enqueue(refresh).catch(() => {});
    setTimeout(again, looking ? SOON : LATER);
  };
  setTimeout(again, looking ? SOON : LATER);
}

async function refresh() {
  const answer = await get(`photos?since=${seq}`);
  const ids = [];
  for (const photo of answer.photos) {
    const { id } = photo;
    const isOthers = unsent.has(id) && !same(photo.choice, known.get(id));
    known.set(id, photo.choice);
    if (unsent.has(id)) {
      if (isOthers) conflict(id, photo.choice);
      else Object.assign(photo, { choice: unsent.get(id), lapsed: null });
    }
    photos.set(id, { ...photo, seq: answer.seq });
    ids.push(id);
  }
  ({ seq, looking } = answer);
  revision = Math.max(revision, answer.revision ?? 0);
  tell.changed?.(ids);
}

/** Chooses for a photo, or with null leaves it to the default, and saves that at once. `hash` is of the photo that was seen. */
export function choose(id, choice, hash) {
  unsent.set(id, choice);
  hashes.set(id, hash);
  Object.assign(photos.get(id), { choice, lapsed: null });
  tell.changed?.([id]);
  return enqueue(() => put(id));
}

async function put(id) {
  if (!unsent.has(id)) return;
  const choice = unsent.get(id);
  let answered;
  try {
    const body = { choice, revision, photo: hashes.get(id) };
    // It arrives even if the page is being closed.
    answered = (await send('PUT', `photos/${id}/choice`, body, { keepalive: true })).revision;
    known.set(id, choice);
    if (unsent.get(id) === choice) unsent.delete(id);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    // No answer: it stays unsent until the server is back.
    if (error.status === 0 || error.status === 401) return;
    if (error.status === 409 && error.body.revision !== undefined) {
      conflict(id, error.body.choice ?? null);
      answered = error.body.revision;
    } else {
      unsent.delete(id);
      Object.assign(photos.get(id), { choice: known.get(id) ?? null });
      tell.failed?.(id, error);
    }
  }
  // Another page has chosen meanwhile: show that before sending anything over it.
  if (answered !== undefined && answered !== revision + 1) await refresh();
  revision = Math.max(revision, answered ?? 0);
  tell.changed?.([id]);
}

function conflict(id, theirs) {
  const mine = unsent.get(id);
  unsent.delete(id);
  known.set(id, theirs);
  Object.assign(photos.get(id), { choice: theirs });
  if (!same(mine, theirs)) tell.conflict?.(id, mine);
}

onState((state) => {
  if (state === 'here') for (const id of unsent.keys()) enqueue(() => put(id));
});
