// What will be sent: format, side, size, warnings, and how the avatar is made.

import { byId, element, icon } from './element.js';
import { announce, worded } from './say.js';
import { bytes, many } from './units.js';

const [sum, warnings, steps, lines, command] = ['sum', 'warnings', 'step-list', 'photo-lines', 'command'].map(byId);
let said = '';

export function showPhoto(described) {
  lines.replaceChildren(...described.map((line) => element('li', { textContent: worded(line) })));
}

/** Shows an answer of the server. A whole one is read out; a draft, while somebody drags, is not. */
export function show(answer, where) {
  const facts = `${answer.format} · ${answer.side} × ${answer.side} · ${bytes(answer.bytes)}`;
  sum.textContent = facts;
  sum.classList.toggle('draft', answer.draft);
  const warned = answer.warnings.map(worded);
  warnings.replaceChildren(...warned.map((text) => element('li', {}, icon('warn'), element('span', { textContent: text }))));
  steps.replaceChildren(...answer.steps.map((text) => element('li', { textContent: text })));
  command.textContent = answer.command;
  command.hidden = false;
  if (answer.draft) return;
  const problems = warned.length ? `${many(warned.length, 'warning')}: ${warned.join('; ')}` : '';
  const text = [where, facts, problems].filter(Boolean).join('. ');
  if (text !== said) announce(text);
  said = text;
}

/** Shows why there is no avatar. */
export function showRefusal(message) {
  sum.textContent = 'No avatar';
  warnings.replaceChildren(element('li', { className: 'bad' }, icon('warn'), element('span', { textContent: message })));
  steps.replaceChildren();
  command.hidden = true;
  if (message !== said) announce(message);
  said = message;
}

export function clear() {
  sum.textContent = '\u00a0';
  for (const list of [warnings, steps, lines]) list.replaceChildren();
  command.hidden = true;
  command.textContent = '';
  said = '';
}
