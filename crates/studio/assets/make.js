// Making all avatars, with progress, and the manifest with everybody's choices in it.

import { get, picture, send } from './api.js';
import { byId, element } from './element.js';
import { announce, sentence, toast } from './say.js';
import { count, many } from './units.js';

const EVERY = 400;
const [panel, text, bar, failed, close, make] =
  ['making', 'making-text', 'making-bar', 'making-failed', 'making-close', 'make'].map(byId);

let isWatching = false;

/** Offers what this studio can do, and goes on watching a run that was begun before the page was loaded. */
export async function start(studio) {
  make.hidden = studio.out === null;
  make.title = studio.out === null ? '' : `Makes the avatars of all photos in ${studio.out}. Nothing is posted.`;
  byId('export').hidden = !studio.manifest;
  const found = await get('make').catch(() => null);
  if (found?.running) watch();
}

make.addEventListener('click', async () => {
  if (isWatching) return;
  try {
    await send('POST', 'make');
    announce('Making all avatars');
    await watch();
  } catch (error) {
    toast(sentence(error), 'bad');
  }
});

async function watch() {
  isWatching = true;
  make.setAttribute('aria-disabled', 'true');
  panel.hidden = false;
  close.hidden = true;
  for (;;) {
    const state = await get('make').catch(() => null);
    if (state) show(state);
    if (state && !state.running) break;
    await new Promise((done) => setTimeout(done, EVERY));
  }
  isWatching = false;
  make.setAttribute('aria-disabled', 'false');
  close.hidden = false;
}

function show({ running, done, count: all, failed: failures, message }) {
  text.textContent = running ? `Making avatars: ${count(done)} of ${count(all)}` : (message ?? `${many(done, 'avatar')} made`);
  bar.hidden = !running;
  bar.max = Math.max(all, 1);
  bar.value = done;
  failed.hidden = failures.length === 0;
  if (failures.length) {
    const [summary, list] = failed.children;
    summary.textContent = `${many(failures.length, 'photo')} failed`;
    list.replaceChildren(...failures.map(({ name, message: why }) =>
      element('li', {}, element('b', { textContent: name }), element('span', { textContent: ` ${why}` }))));
  }
  if (!running) announce(text.textContent);
}

close.addEventListener('click', () => {
  panel.hidden = true;
  make.focus();
});

byId('export').addEventListener('click', async () => {
  try {
    const address = URL.createObjectURL(await picture('manifest'));
    element('a', { href: address, download: 'people.csv' }).click();
    setTimeout(() => URL.revokeObjectURL(address), 10000);
    toast('Exported the manifest as people.csv');
  } catch (error) {
    toast(sentence(error), 'bad');
  }
});
