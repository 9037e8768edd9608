// How figures were taken, in words: what most benches have in common first, then those that differ.

/** The value that the rows of most benches have. */
function usual(rows, valueOf) {
  const benches = new Map();
  for (const row of rows) {
    const value = valueOf(row);
    benches.set(value, (benches.get(value) ?? new Set()).add(row.bench));
  }
  return [...benches].reduce((most, one) => (one[1].size > most[1].size ? one : most))[0];
}

/** The benches that have another value than `most`, by that value. */
function others(rows, valueOf, most) {
  const benches = new Map();
  for (const row of rows) {
    const value = valueOf(row);
    if (value === most) continue;
    if (!benches.has(value)) benches.set(value, new Set());
    benches.get(value).add(`\`${row.bench}\``);
  }
  return [...benches].map(([value, names]) => [value, [...names].join(', ')]);
}

const counted = (rounds) => `${rounds} round${rounds === 1 ? '' : 's'}`;
const placeOf = ({ machine, date }) => `on ${machine}, ${date}`;

/** Where, when and from how many rounds `rows` are. */
export function howTaken(rows, nodes) {
  const place = usual(rows, placeOf);
  const rounds = usual(rows, (row) => row.rounds);
  const { machine, date } = rows.find((row) => placeOf(row) === place);
  const elsewhere = others(rows, placeOf, place).map(([where, names]) => `; ${names} ${where}`);
  const otherRounds = others(rows, (row) => row.rounds, rounds).map(
    ([count, names]) => `; ${names} of ${count}`,
  );
  return [
    `On ${machine}, Node ${nodes.join(' and ')}, ${date}${elsewhere.join('')}.`,
    `Medians of ${counted(rounds)}${otherRounds.join('')}.`,
  ].join(' ');
}
