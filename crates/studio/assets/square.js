// The arithmetic of the square. All of it is in whole pixels of the photo as it is shown, upright and rotated.

import { times } from './units.js';

/** Where a portrait has its eyes: so much of the side from the top. */
const EYES = 0.42;
const SMALLEST = 16;

const within = (value, low, high) => Math.min(Math.max(value, low), high);

/** The square with whole numbers, no larger than the photo, and inside it. */
export function clamped({ x, y, side }, { width, height }) {
  const most = Math.min(width, height);
  const kept = within(Math.round(side), Math.min(SMALLEST, most), most);
  return { x: within(Math.round(x), 0, width - kept), y: within(Math.round(y), 0, height - kept), side: kept };
}

export function largest({ width, height }) {
  const side = Math.min(width, height);
  return { x: Math.floor((width - side) / 2), y: Math.floor((height - side) / 2), side };
}

export const moved = ({ x, y, side }, dx, dy, photo) => clamped({ x: x + dx, y: y + dy, side }, photo);

/** Resized to this side around its center. */
export function resized(square, side, photo) {
  const { side: kept } = clamped({ ...square, side }, photo);
  return clamped({ x: square.x + (square.side - kept) / 2, y: square.y + (square.side - kept) / 2, side: kept }, photo);
}

/** The side after one press of plus (closer) or minus. At least a pixel's difference. */
export function zoomed(square, closer, step, photo) {
  const by = Math.max(1, Math.round(square.side * step));
  return resized(square, square.side + (closer ? -by : by), photo);
}

/** A square with one corner at `anchor` that grows toward `ends` (-1 or 1 on each axis). It stops at the edges. */
export function anchored(anchor, ends, side, photo) {
  const room = Math.min(ends.x > 0 ? photo.width - anchor.x : anchor.x, ends.y > 0 ? photo.height - anchor.y : anchor.y);
  const kept = within(Math.round(side), Math.min(SMALLEST, room), room);
  return { x: ends.x > 0 ? anchor.x : anchor.x - kept, y: ends.y > 0 ? anchor.y : anchor.y - kept, side: kept };
}

/** What a face asks of a square: its middle in the middle, its eyes at their height. */
export function lines(face) {
  const { x, width } = face.box;
  return { center: x + width / 2, eyes: (face.eyes[0][1] + face.eyes[1][1]) / 2 };
}

const nearest = (candidates, reach) =>
  candidates.filter(({ off }) => Math.abs(off) <= reach).sort((a, b) => Math.abs(a.off) - Math.abs(b.off))[0];

/** A moved square, drawn to what is near: faces, and the middle of the photo. `reach` is in pixels of the photo. */
export function snappedMove(square, { faces, photo }, reach) {
  const { x, y, side } = square;
  const across = faces.map((face) => ({ off: lines(face).center - side / 2 - x, guide: lines(face).center }));
  across.push({ off: photo.width / 2 - side / 2 - x, guide: photo.width / 2 });
  const down = faces.map((face) => ({ off: lines(face).eyes - EYES * side - y, guide: lines(face).eyes }));
  const [column, row] = [nearest(across, reach), nearest(down, reach)];
  const snapped = clamped({ x: x + (column?.off ?? 0), y: y + (row?.off ?? 0), side }, photo);
  return { square: snapped, guides: { x: column?.guide ?? null, y: row?.guide ?? null } };
}

/** A resized square, drawn to the sides at which a face stands right, and to the smallest useful side. */
export function snappedSide(anchor, ends, side, { faces, photo, smallest }, reach) {
  const sides = [{ off: smallest - side, guide: {} }];
  for (const face of faces) {
    const { center, eyes } = lines(face);
    sides.push({ off: 2 * (center - anchor.x) * ends.x - side, guide: { x: center } });
    const part = ends.y > 0 ? EYES : 1 - EYES;
    sides.push({ off: ((eyes - anchor.y) * ends.y) / part - side, guide: { y: eyes } });
  }
  const found = nearest(sides, reach);
  const snapped = anchored(anchor, ends, side + (found?.off ?? 0), photo);
  return { square: snapped, guides: { x: found?.guide.x ?? null, y: found?.guide.y ?? null } };
}

/** Enlarged so many times, an avatar looks soft: as the command warns. */
const SOFT = 1.25;

/** Where the square is, and what its size means for an avatar of `least` to `most` pixels. Without a square it is the whole photo. */
export function described(square, { width, height }, least, most) {
  if (!square) return { text: `The whole photo, ${width} × ${height} pixels`, isSoft: false };
  const { x, y, side } = square;
  const where = `${side} × ${side} pixels at ${x}, ${y}`;
  if (side >= least) return { text: side > most ? `${where}, reduced to ${most}` : `${where}, sharp`, isSoft: false };
  const ratio = least / side;
  const shorter = Math.min(width, height);
  const advice = shorter < least ? `the whole photo has only ${shorter}` : `from ${least} on nothing is`;
  const isSoft = ratio >= SOFT;
  return { text: `${where}, enlarged ${times(ratio)} to ${least}${isSoft ? ', so it looks soft' : ''}; ${advice}`, isSoft };
}
