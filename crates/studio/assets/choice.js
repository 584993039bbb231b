// A choice: the options for one photo, as the server and the choices file have them.
//
// While the user tries things out, the page remembers more than it sends: the color of the bars survives a look at `cover`.

const OF_FIT = { face: ['face', 'face_fallback', 'background'], cover: ['gravity'], contain: ['background'], crop: ['crop'] };

/** Only what counts for its fit, and nothing that is the default anyway. */
export function tidy(choice) {
  const kept = { fit: choice.fit };
  for (const name of OF_FIT[choice.fit] ?? []) if (choice[name] !== undefined) kept[name] = choice[name];
  if (kept.background === 'auto') delete kept.background;
  if (choice.format && choice.format !== 'auto') kept.format = choice.format;
  if (choice.quality !== undefined && choice.format !== 'png') kept.quality = choice.quality;
  if (choice.rotate) kept.rotate = choice.rotate;
  return kept;
}

const sorted = (value) =>
  value && typeof value === 'object' && !Array.isArray(value)
    ? Object.fromEntries(Object.keys(value).sort().map((key) => [key, sorted(value[key])]))
    : value;

/** Whether two choices, each perhaps null, ask for the same. */
export const same = (a, b) => text(a) === text(b);
const text = (choice) => JSON.stringify(choice ? sorted(tidy(choice)) : null);

/** The choice turned by so many more degrees, a multiple of 90, of a photo that has this size now. */
export function turned(choice, degrees, { width, height }) {
  const quarters = ((degrees / 90) % 4 + 4) % 4;
  const next = { ...choice, rotate: ((choice.rotate ?? 0) + quarters * 90) % 360 };
  let crop = choice.crop;
  for (let i = 0; crop && i < quarters; i += 1) {
    crop = { x: height - crop.y - crop.side, y: crop.x, side: crop.side };
    [width, height] = [height, width];
  }
  if (crop) next.crop = crop;
  // Faces are counted from the left, which is another side now.
  delete next.face;
  return next;
}

export const WHAT = {
  face: 'Frames the face, with the whole head.',
  cover: 'Cuts out the largest square, in the middle.',
  contain: 'Keeps the whole photo, with bars around it.',
  crop: 'Cuts out your own square.',
};
