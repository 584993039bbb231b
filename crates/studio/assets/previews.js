// The avatar as Slack shows it: in a message beside a name, and in its sizes, on light and on dark.

import { byId, element } from './element.js';

/** Sides, with the radius of the corners, in CSS pixels: as `--preview` of the command draws them. */
const SIZES = [[72, 14], [48, 10], [36, 8], [24, 5], [20, 4]];

const still = matchMedia('(prefers-reduced-motion: reduce)');
const motion = byId('motion');

let pictures = [];
let shown = null;
let plays = !still.matches;
let turn = 0;

/** Builds both panels, with this name in the message. */
export function build(name) {
  pictures = [];
  const picture = (side, radius) => {
    const image = element('img', { className: `a${side}`, alt: '', width: side, height: side });
    image.dataset.radius = radius;
    pictures.push(image);
    return image;
  };
  const panel = (theme) => {
    const words = element('div', { className: 'words' },
      element('p', { className: 'who' }, element('b', { textContent: name }), element('small', { textContent: '10:24 AM' })),
      element('p', { textContent: 'Good morning! What do you think?' }));
    const message = element('div', { className: 'message' }, picture(...SIZES[2]), words);
    const sizes = SIZES.map(([side, radius]) =>
      element('figure', {}, picture(side, radius), element('figcaption', { textContent: side })));
    const made = element('div', { className: `slack ${theme}` }, message, element('div', { className: 'sizes' }, ...sizes));
    made.setAttribute('role', 'group');
    made.setAttribute('aria-label', `On ${theme}`);
    return made;
  };
  byId('previews').replaceChildren(panel('light'), panel('dark'));
  // Screen readers should hear only one of these pictures: the first.
  pictures[0].alt = 'The avatar';
}

/** The bytes of a `data:` address. The page may not fetch those: its policy has requests go to the server only. */
function decoded(address) {
  const [head, data] = address.split(',', 2);
  return new Blob([Uint8Array.from(atob(data), (c) => c.charCodeAt(0))], { type: head.slice(5).split(';')[0] });
}

/** Shows this avatar in all sizes at once, as soon as it is decoded. */
export async function show(address, isAnimated) {
  const mine = (turn += 1);
  const url = URL.createObjectURL(decoded(address));
  const image = new Image();
  image.src = url;
  await image.decode().catch(() => {});
  if (mine !== turn) {
    URL.revokeObjectURL(url);
    return;
  }
  const still = isAnimated ? await firstFrame(image) : url;
  if (mine !== turn) {
    revoke({ url, still });
    return;
  }
  if (shown) revoke(shown);
  shown = { url, still, isAnimated };
  paint();
}

/** Soon: an older picture stays in sight until the next one is drawn. */
function revoke({ url, still }) {
  for (const gone of new Set([url, still])) setTimeout(() => URL.revokeObjectURL(gone), 1000);
}

/** The first frame, at its own size. */
async function firstFrame(image) {
  const canvas = element('canvas', { width: image.naturalWidth, height: image.naturalHeight });
  canvas.getContext('2d').drawImage(image, 0, 0);
  const blob = await new Promise((done) => canvas.toBlob(done));
  return blob ? URL.createObjectURL(blob) : image.src;
}

function paint() {
  for (const image of [...pictures, byId('full-image')]) image.src = plays ? shown.url : shown.still;
  motion.hidden = !shown.isAnimated;
  motion.textContent = plays ? 'Pause' : 'Play';
}

/** Shows none: there is no avatar, or not yet. */
export function clear() {
  turn += 1;
  if (shown) revoke(shown);
  shown = null;
  for (const image of [...pictures, byId('full-image')]) image.removeAttribute('src');
  motion.hidden = true;
}

motion.addEventListener('click', () => {
  plays = !plays;
  if (shown) paint();
});

byId('full-size').addEventListener('click', () => byId('full').showModal());
