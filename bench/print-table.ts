import type { BenchRow } from "./row.js";

function figure(value: number): string {
  if (Number.isInteger(value)) return String(value);
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

function compared(
  other: { readonly name: string; readonly figure: number } | undefined,
  ours: number,
): string[] {
  return other === undefined
    ? ["", ""]
    : [`${figure(other.figure)} ${other.name}`, `${figure(ours / other.figure)}×`];
}

/** Prints rows as an aligned table: ours, the peer's with the ratio, the floor's with the ratio, the limit. */
export function printTable(title: string, rows: readonly BenchRow[]): void {
  const cells = [
    ["", "ours", "peer", "ratio", "floor", "ratio", "limit"],
    ...rows.map((row) => [
      row.name,
      figure(row.ours),
      ...compared(row.peer, row.ours),
      ...compared(row.floor, row.ours),
      row.limit === undefined ? "" : `${row.limit.holds ? "holds" : "MISSED"}: ${row.limit.text}`,
    ]),
  ];
  const widths =
    cells[0]?.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0))) ?? [];
  console.log(`\n${title}`);
  for (const row of cells)
    console.log(
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    );
}
