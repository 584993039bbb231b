// Numbers as people read them.

const grouped = new Intl.NumberFormat('en-US');

export const count = (number) => grouped.format(number);

/** "1 photo", "2,000 photos". */
export const many = (number, one, more = `${one}s`) => `${count(number)} ${number === 1 ? one : more}`;

/** Bytes in steps of a thousand, as the command prints them: "59.3 kB". */
export function bytes(number) {
  if (number < 1000) return `${number} B`;
  const [value, unit] = number < 1e6 ? [number / 1e3, 'kB'] : [number / 1e6, 'MB'];
  return `${value < 100 ? value.toFixed(1) : Math.round(value)} ${unit}`;
}

/** "1.54 times". */
export const times = (ratio) => `${ratio.toFixed(ratio < 10 ? 2 : 0)} times`;
