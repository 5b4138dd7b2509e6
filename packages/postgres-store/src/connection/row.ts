/** A row of an answer, by the names of its columns. Every field is text or `null`; some drivers make numbers of numbers. */
export type Row = Readonly<Record<string, unknown>>;

/** @throws TypeError for a column that is not there: a statement and its reader do not fit. */
export function text(row: Row, column: string): string {
  const value = optionalText(row, column);
  if (value === null) throw new TypeError(`The column ${column} is missing`);
  return value;
}

export function optionalText(row: Row, column: string): string | null {
  const value = row[column];
  if (value === null || value === undefined) return null;
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "bigint" || typeof value === "boolean") return `${value}`;
  throw new TypeError(`The column ${column} is no text`);
}

/** A number that JavaScript can hold exactly: times in milliseconds, counts. */
export function number(row: Row, column: string): number {
  const value = Number(text(row, column));
  if (!Number.isSafeInteger(value)) throw new TypeError(`The column ${column} is no whole number`);
  return value;
}

export function optionalNumber(row: Row, column: string): number | null {
  return optionalText(row, column) === null ? null : number(row, column);
}
