/** Typing errors: a letter too many, too few, wrong, or two swapped. More than this many is another word. */
const MOST_TYPING_ERRORS = 2;

/** The least number of typing errors that turn one word into the other. */
function distance(from: string, to: string): number {
  const rows: number[][] = [Array.from({ length: to.length + 1 }, (_, index) => index)];
  const at = (row: number, column: number) => rows[row]?.[column] ?? Number.POSITIVE_INFINITY;
  for (let row = 1; row <= from.length; row += 1) {
    const costs = [row];
    rows.push(costs);
    for (let column = 1; column <= to.length; column += 1) {
      const isSame = from[row - 1] === to[column - 1];
      const isSwapped = from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      costs.push(
        Math.min(
          at(row - 1, column) + 1,
          at(row, column - 1) + 1,
          at(row - 1, column - 1) + (isSame ? 0 : 1),
          isSwapped ? at(row - 2, column - 2) + 1 : Number.POSITIVE_INFINITY,
        ),
      );
    }
  }
  return at(from.length, to.length);
}

/** The name that was probably meant by `word`, or `undefined`. */
export function nearestName(word: string, names: readonly string[]): string | undefined {
  const most = Math.min(MOST_TYPING_ERRORS, Math.floor(word.length / 2));
  const [nearest] = names
    .map((name) => ({ name, errors: distance(word, name) }))
    .filter(({ errors }) => errors <= most)
    .sort((one, other) => one.errors - other.errors);
  return nearest?.name;
}

/** ` Did you mean …?`, or nothing. */
export function suggestion(word: string, names: readonly string[]): string {
  const nearest = nearestName(word, names);
  return nearest === undefined ? "" : ` Did you mean ${nearest}?`;
}
