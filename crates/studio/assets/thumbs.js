// The small avatars of the grid: a few requests at a time, visible ones first, and at most a few screens kept.

import { Refusal, picture } from './api.js';

/** Fewer than a browser's six connections to one server, so that a choice never waits for pictures. */
const AT_ONCE = 4;
const KEPT = 600;
const SIDE = devicePixelRatio > 1.2 ? 256 : 128;

/** Addresses by key, the least recently used first. */
const kept = new Map();
const running = new Map();
let wanted = new Map();

/** The same avatar has the same key. */
export const keyOf = ({ id, choice, bytes, lapsed }) => JSON.stringify([id, bytes, lapsed === null && choice]);

/**
 * Wants these photos, the first one most, and nothing else any more. `show(photo, address)` or, where there is none,
 * `show(photo, null, message)` is called for each, at once where it is here already.
 */
export function want(photos, show) {
  wanted = new Map();
  for (const photo of photos) {
    const key = keyOf(photo);
    const found = kept.get(key);
    if (found) {
      kept.delete(key);
      kept.set(key, found);
      show(photo, found.address, found.message);
    } else {
      wanted.set(key, { photo, show });
    }
  }
  for (const [key, abort] of running) if (!wanted.has(key)) abort.abort();
  next();
}

function next() {
  for (const [key, { photo, show }] of wanted) {
    if (running.size >= AT_ONCE) return;
    if (!running.has(key)) load(key, photo, show);
  }
}

async function load(key, photo, show) {
  const abort = new AbortController();
  running.set(key, abort);
  let found = null;
  try {
    const path = `photos/${photo.id}/thumb?side=${SIDE}&seq=${photo.seq}`;
    found = { address: URL.createObjectURL(await picture(path, { signal: abort.signal })) };
  } catch (error) {
    if (error instanceof Refusal && error.status >= 400) found = { address: null, message: error.message };
  }
  running.delete(key);
  if (found) {
    keep(key, found);
    wanted.get(key)?.show(photo, found.address, found.message);
    wanted.delete(key);
  } else if (!abort.signal.aborted) {
    // The server is gone; try again when the user scrolls.
    wanted.delete(key);
  }
  next();
}

function keep(key, found) {
  kept.set(key, found);
  for (const [old, { address }] of kept) {
    if (kept.size <= KEPT) return;
    kept.delete(old);
    if (address) URL.revokeObjectURL(address);
  }
}
