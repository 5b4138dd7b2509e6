import { counted, duration, grouped } from "../figures.js";
import type { BatchStanding, DeadLetterStanding, QueueStanding } from "../queue-standing.js";

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

/** A queue for people. */
export function statusText(standing: QueueStanding): string {
  const lines = [
    ...itemLines(standing),
    ...section("batches that are out", standing.batches, batchLine),
    ...section(
      "dead letters, to be tried again with: gro-summarizer retry",
      standing.deadLetters,
      deadLetterLine,
    ),
  ];
  return lines.map((line) => `${line.replace(CONTROL_CHARACTERS, " ")}\n`).join("");
}
