import { counted, dollars, duration, grouped } from "../figures.js";
import type { BatchStanding, DeadLetterStanding, QueueStanding } from "../queue-standing.js";
import type { QueueTotals } from "../queue-totals.js";

/** `--json` has them all. */
const MOST_SHOWN = 20;

const STATES: Readonly<Record<BatchStanding["state"], string>> = {
  intended: "looked up: nobody knows yet whether it exists",
  candidate: "perhaps this one: its results will tell",
  submitted: "submitted",
};

function itemLines({ items, oldestAgeMs }: QueueStanding): string[] {
  const states: readonly (readonly [string, number])[] = [
    ["ready", items.ready],
    ["waiting for their batch", items.waiting],
    ["in a worker's hands", items.claimed],
    ["dead letters", items.dead],
  ];
  const width = Math.max(...states.map(([, count]) => grouped(count).length));
  const oldest = oldestAgeMs === null ? [] : [`  the oldest was queued ${duration(oldestAgeMs)} ago`];
  return [
    "pages",
    ...states.map(([name, count]) => `  ${grouped(count).padStart(width)} ${name}`),
    ...oldest,
  ];
}

function batchLine({ ref, provider, modelId, batchId, keys, ageMs, state }: BatchStanding): string {
  const name = batchId === null ? "(no id yet)" : batchId;
  return `  ${name} of ${provider}, ${modelId}, ${counted(keys, "request")}, ${duration(ageMs)} old, ${STATES[state]}, ref ${ref}`;
}

function deadLetterLine({ pageId, label, diedAt, code, message }: DeadLetterStanding): string {
  const shown = label === "" ? "" : ` (${label})`;
  return `  ${pageId}${shown}, ${diedAt.slice(0, 16).replace("T", " ")}: ${code}: ${message}`;
}

function section<Entry>(title: string, entries: readonly Entry[], line: (entry: Entry) => string): string[] {
  if (entries.length === 0) return [];
  const more = entries.length - MOST_SHOWN;
  return [
    `${title}: ${grouped(entries.length)}`,
    ...entries.slice(0, MOST_SHOWN).map(line),
    ...(more > 0 ? [`  and ${grouped(more)} more: --json has all`] : []),
  ];
}

/** Control characters of labels and of providers' messages would move the cursor, or break a line into many. */
// eslint-disable-next-line no-control-regex -- It is them that are looked for.
const CONTROL_CHARACTERS = /[\u0000-\u001f\u007f-\u009f]+/gu;

/** What there is to say of numbers by name: those that are not 0. */
function named(counts: Readonly<Record<string, number>>): string {
  const known = Object.entries(counts).map(([name, count]) => `${name} ${grouped(count)}`);
  return known.length === 0 ? "none" : known.join(", ");
}

function latency({ count, meanMs }: QueueTotals["pages"]["latency"]): string {
  return meanMs === null ? "" : `, ${duration(meanMs)} each on average of ${grouped(count)}`;
}

function totalLines(totals: QueueTotals | null): string[] {
  if (totals === null) return [];
  const { since, pages, batches, steps, tokens, cost } = totals;
  const { billed, unused, rejected } = tokens;
  const unpriced =
    cost.unpricedBatches === 0 ? "" : `, without ${grouped(cost.unpricedBatches)} batches of unknown price`;
  return [
    `what workers have done since ${since.slice(0, 16).replace("T", " ")}`,
    `  pages: ${grouped(pages.summarized)} summarized, dead letters ${named(pages.deadLettered)}${latency(pages.latency)}`,
    `  batches: ${named(batches.events)}${latency(batches.latency)}`,
    `  requests: ${grouped(steps.submitted)} submitted, ${grouped(steps.retried)} of them again; ${named(steps.outcomes)}`,
    `  tokens: ${grouped(billed.input)} in and ${grouped(billed.output)} out, ` +
      `${grouped(unused.input + unused.output)} of them in no summary yet, ` +
      `${grouped(rejected.input + rejected.output)} in answers of no use`,
    `  cost: ${dollars(cost.usd)}, ${dollars(cost.savedUsd)} less than live${unpriced}`,
  ];
}

/** A queue for people. */
export function statusText(standing: QueueStanding & { readonly totals: QueueTotals | null }): string {
  const lines = [
    ...itemLines(standing),
    ...section("batches that are out", standing.batches, batchLine),
    ...section(
      "dead letters, to be tried again with: gro-summarizer retry",
      standing.deadLetters,
      deadLetterLine,
    ),
    ...totalLines(standing.totals),
  ];
  return lines.map((line) => `${line.replace(CONTROL_CHARACTERS, " ")}\n`).join("");
}
