import type { Estimate, EstimatedRange } from "@gro/summarizer";
import { counted, dollars, grouped } from "../figures.js";

/** The figures of an estimate, for one text or for several together. */
export type EstimateFigures = Omit<Estimate, "warnings">;

function sum(one: EstimatedRange, other: EstimatedRange): EstimatedRange {
  const added = (first: number, second: number) => Number((first + second).toFixed(12));
  return { likely: added(one.likely, other.likely), worst: added(one.worst, other.worst) };
}

type Costs = Estimate["costUsd"];

/** A sum that leaves out what is not known would look like the whole. */
function sumCosts(one: Costs, other: Costs): Costs {
  if (one === undefined || other === undefined) return undefined;
  const live = sum(one.live, other.live);
  if (one.batch === undefined || other.batch === undefined) return { live };
  return { live, batch: sum(one.batch, other.batch) };
}

/** Estimates of texts that are summarized one by one, with the same model. */
export function totalOf(estimates: readonly [EstimateFigures, ...EstimateFigures[]]): EstimateFigures {
  return estimates.reduce(
    (total, { inputTokens, targetTokens, chunks, merges, calls, callTokens, costUsd }) => {
      const cost = sumCosts(total.costUsd, costUsd);
      return {
        inputTokens: total.inputTokens + inputTokens,
        targetTokens: total.targetTokens + targetTokens,
        chunks: total.chunks + chunks,
        merges: total.merges + merges,
        calls: sum(total.calls, calls),
        callTokens: {
          input: sum(total.callTokens.input, callTokens.input),
          output: sum(total.callTokens.output, callTokens.output),
        },
        ...(cost !== undefined && { costUsd: cost }),
      };
    },
  );
}

type Row = readonly [name: string, ...cells: string[]];

function rangeRow(name: string, { likely, worst }: EstimatedRange, show = grouped): Row {
  return [name, show(likely), show(worst)];
}

function costRows(costUsd: Costs): Row[] {
  if (costUsd === undefined) return [["cost", "unknown price"]];
  const { live, batch } = costUsd;
  const batchRow: Row =
    batch === undefined ? ["cost, batch", "no batches"] : rangeRow("cost, batch", batch, dollars);
  return [rangeRow("cost, live", live, dollars), batchRow];
}

/** A title, and its figures in columns below it. */
export function estimateTable(title: string, estimate: EstimateFigures): string {
  const rows: Row[] = [
    ["", "likely", "worst"],
    rangeRow("calls", estimate.calls),
    rangeRow("tokens sent", estimate.callTokens.input),
    rangeRow("tokens received", estimate.callTokens.output),
    ...costRows(estimate.costUsd),
  ];
  const nameWidth = Math.max(...rows.map(([name]) => name.length));
  const cellWidth = Math.max(
    ...rows.flatMap(([, ...cells]) => (cells.length > 1 ? cells.map((cell) => cell.length) : [])),
  );
  const lines = rows.map(
    ([name, ...cells]) =>
      `  ${[name.padEnd(nameWidth), ...cells.map((cell) => cell.padStart(cellWidth))].join("  ")}`,
  );
  const { inputTokens, targetTokens } = estimate;
  return [`${title}: ${counted(inputTokens, "token")}, target ${grouped(targetTokens)}`, ...lines, ""].join(
    "\n",
  );
}
