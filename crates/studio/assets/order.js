// Which photos are shown, and in which order: problems first.

const RANKS = ['refused', 'damaged', 'no face', 'several faces', 'small'];
const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

const has = (problem) => (photo) => photo.problems.includes(problem);

/** Whether somebody has chosen for this very photo. */
export const isChosen = (photo) => photo.choice !== null && photo.lapsed === null;

/** Whether there is no avatar of it, whatever is chosen. */
export const isRefused = (photo) => has('refused')(photo) || has('damaged')(photo);

/** Whether it is chosen, and its avatar can be made. */
export const isSettled = (photo) => isChosen(photo) && !isRefused(photo);

/** Whether somebody should look: there is a problem, and nobody has chosen yet. */
export const isOpen = (photo) => photo.lapsed !== null || (photo.problems.length > 0 && !isSettled(photo));

export const FILTERS = [
  { id: 'all', label: 'All', test: () => true },
  { id: 'open', label: 'To look at', test: isOpen },
  { id: 'refused', label: 'Refused', test: has('refused') },
  { id: 'damaged', label: 'Damaged', test: has('damaged') },
  { id: 'no face', label: 'No face', test: has('no face') },
  { id: 'several faces', label: 'Several faces', test: has('several faces') },
  { id: 'small', label: 'Small', test: has('small') },
  { id: 'lapsed', label: 'Changed since', test: (photo) => photo.lapsed !== null },
  { id: 'chosen', label: 'Chosen', test: isSettled },
  { id: 'unchosen', label: 'Not chosen', test: (photo) => !isSettled(photo) },
];

/** What is wrong with a photo, in one short text, or nothing. */
export function problemOf(photo) {
  if (photo.lapsed !== null) return 'changed since';
  return RANKS.find((problem) => photo.problems.includes(problem)) ?? photo.problems[0] ?? '';
}

function rank(photo) {
  if (!isOpen(photo)) return RANKS.length + 1;
  if (photo.lapsed !== null) return 1;
  const found = RANKS.indexOf(problemOf(photo));
  return found === 0 ? 0 : found < 0 ? RANKS.length : found + 1;
}

/** The place of each photo by its name, found once for as long as the photos are the same: names take long to compare. */
let byName = new Map();

function sortNames(photos) {
  const names = [...photos.values()].sort((a, b) => collator.compare(a.name, b.name));
  byName = new Map(names.map(({ id }, place) => [id, place]));
}

/** The numbers of the photos that pass the filter and the search, problems first, then by name. */
export function ordered(photos, filter, search) {
  const { test } = FILTERS.find(({ id }) => id === filter);
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  if (byName.size !== photos.size) sortNames(photos);
  const wanted = [];
  for (const photo of photos.values()) {
    if (!test(photo)) continue;
    const text = `${photo.name} ${photo.person ?? ''}`.toLowerCase();
    if (words.every((word) => text.includes(word))) wanted.push({ id: photo.id, rank: rank(photo) });
  }
  wanted.sort((a, b) => a.rank - b.rank || byName.get(a.id) - byName.get(b.id));
  return wanted.map(({ id }) => id);
}

/** How many photos pass each filter. */
export function counted(photos) {
  const counts = Object.fromEntries(FILTERS.map(({ id }) => [id, 0]));
  for (const photo of photos.values()) for (const { id, test } of FILTERS) if (test(photo)) counts[id] += 1;
  return counts;
}
