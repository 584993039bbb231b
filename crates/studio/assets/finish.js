// The actions for one avatar: save it, set it on Slack, or copy the command.

import { send } from './api.js';
import { byId } from './element.js';
import { sentence, toast } from './say.js';

const [set, save, copy, accept, state] = ['set', 'save', 'copy', 'accept', 'state'].map(byId);
/** The buttons that this studio can do something with. */
const ready = new Set([copy, accept]);
let current = () => null;
let outdated = () => {};

/** `wanted()` is the photo's number and hash, and the choice that stands now, or null; `changed(refusal)` if the file is another. */
export function start(studio, wanted, changed) {
  current = wanted;
  outdated = changed;
  const isOne = studio.mode === 'one';
  offer(set, isOne, studio.slack.ready, byId('set-reason'), studio.slack.ready ? studio.slack.where : studio.slack.reason);
  offer(save, isOne, studio.save.ready, byId('save-reason'), studio.save.ready ? studio.save.path : studio.save.reason);
  if (studio.slack.ready) set.title = `Sets it at ${studio.slack.where}`;
  if (studio.save.ready) save.title = `Saves it as ${studio.save.path}`;
}

/** A button that cannot be used says why, and can still be found by keyboard. */
function offer(button, isShown, isReady, reason, text) {
  button.hidden = !isShown;
  if (isReady) ready.add(button);
  allow(true);
  button.setAttribute('aria-describedby', reason.id);
  reason.hidden = !isShown;
  const [does, what] = button === set ? ['Sets it on', 'Slack'] : ['Saves to', 'Save'];
  reason.textContent = isReady ? `${does} ${text}.` : `${what}: ${text}.`;
}

/** Whether there is an avatar to do something with, or may be soon. */
export function allow(hasAvatar) {
  for (const button of [set, save, copy, accept]) button.setAttribute('aria-disabled', !(hasAvatar && ready.has(button)));
}

async function use(button, verb, doing) {
  if (button.getAttribute('aria-disabled') === 'true' || button.ariaBusy === 'true') return;
  const wish = current();
  if (!wish) return;
  const { id, ...wanted } = wish;
  button.ariaBusy = 'true';
  state.className = 'state';
  state.textContent = doing;
  try {
    const answer = await send('POST', `photos/${id}/${verb}`, wanted);
    state.className = 'state good';
    state.textContent = answer.message;
  } catch (error) {
    if (error.status === 409 || error.status === 410) outdated(error);
    state.className = 'state bad';
    state.textContent = sentence(error);
  }
  button.ariaBusy = 'false';
}

set.addEventListener('click', () => use(set, 'set', 'Setting it …'));
save.addEventListener('click', () => use(save, 'save', 'Saving …'));

copy.addEventListener('click', async () => {
  const command = byId('command');
  if (command.hidden) return;
  try {
    await navigator.clipboard.writeText(command.textContent);
    toast('Copied the command');
  } catch {
    // The browser does not allow it: the user can copy the text by hand.
    byId('steps').open = true;
    getSelection().selectAllChildren(command);
    command.focus();
    toast('Selected the command: copy it with Ctrl+C');
  }
});

/** What was said of one avatar is not true of the next. */
export function forget() {
  state.textContent = '';
  state.className = 'state';
}
