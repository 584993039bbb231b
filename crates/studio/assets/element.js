// Elements of the page. Text is always inserted as text, never as HTML, because names of files and people are not ours.

export const byId = (id) => document.getElementById(id);

/** An element with these properties, and children that are elements or texts. `data` and `aria` have their own objects. */
export function element(tag, { data = {}, aria = {}, ...properties } = {}, ...children) {
  const made = document.createElement(tag);
  Object.assign(made, properties);
  Object.assign(made.dataset, data);
  for (const [name, value] of Object.entries(aria)) made.setAttribute(`aria-${name}`, value);
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

/** One of the drawings that index.html has. */
export function icon(name) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  const use = document.createElementNS('http://www.w3.org/2000/svg', 'use');
  use.setAttribute('href', `#i-${name}`);
  svg.setAttribute('aria-hidden', 'true');
  svg.append(use);
  return svg;
}

/** Whether a key pressed there already means something: typing, choosing, pressing. */
export function takesKeys(target, key = '') {
  // Neither means anything on what is chosen already.
  if ((key === ' ' || key === 'Enter') && target.matches('input[type=radio]:checked')) return false;
  return target.closest('input, select, textarea, button, a, summary, dialog') !== null;
}
