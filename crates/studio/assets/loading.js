// A photo as the server describes it, with its picture decoded: the one that is opened, and the next one ahead of time.

import { get, picture } from './api.js';

/** What was loaded ahead is believed for so long, in milliseconds: the photo may change on disk. */
const FRESH = 20000;

let ahead = null;

const key = (id, rotate) => `${id} ${rotate}`;

async function fetched(id, rotate) {
  const [described, blob] = await Promise.all([get(`photos/${id}?rotate=${rotate}`), picture(`photos/${id}/photo?rotate=${rotate}`)]);
  const url = URL.createObjectURL(blob);
  const image = new Image();
  image.src = url;
  await image.decode().catch(() => {});
  return { ...described, rotate, url };
}

/** The photo in this rotation; `url` is its picture, which the caller revokes. Refusals are the caller's. */
export async function load(id, rotate) {
  const ready = ahead;
  ahead = null;
  if (ready?.key === key(id, rotate) && performance.now() - ready.since < FRESH) return ready.photo;
  ready?.photo.then(({ url }) => URL.revokeObjectURL(url), () => {});
  return fetched(id, rotate);
}

/** Loads the photo that will probably be opened next. */
export function loadAhead(id, rotate) {
  if (ahead?.key === key(id, rotate)) return;
  ahead?.photo.then(({ url }) => URL.revokeObjectURL(url), () => {});
  ahead = { key: key(id, rotate), since: performance.now(), photo: fetched(id, rotate) };
  ahead.photo.catch(() => {
    ahead = null;
  });
}
