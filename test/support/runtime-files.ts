import { createHash } from "node:crypto";

/** A message as gro's agent runtime holds it. */
export interface RuntimeMessage {
  readonly role: "assistant" | "user" | "system" | "tool";
  readonly from?: string;
  readonly content: string;
  readonly importance?: number;
}

export interface RuntimePage {
  readonly id: string;
  /** The name of its file in the folder of pages. */
  readonly fileName: string;
  readonly json: string;
  readonly content: string;
}

export interface RuntimeEntry {
  readonly pageId: string;
  readonly label: string;
  readonly lane?: string;
  readonly queuedAt: number;
}

/** A page's file as the runtime writes it when it queues the page: with its placeholder where the summary will be. */
export function runtimePage(messages: readonly RuntimeMessage[], label: string, lane?: string): RuntimePage {
  const content = messages
    .map(({ role, from, content: said }) => `[${role}${from === undefined ? "" : ` (${from})`}]: ${said}`)
    .join("\n\n");
  const id = `pg_${createHash("sha256").update(content).digest("hex").slice(0, 12)}`;
  const maxImportance = Math.max(0, ...messages.map(({ importance = 0 }) => importance));
  const page = {
    ...{ id, label, content, createdAt: "2026-02-11T08:30:00.000Z", messageCount: messages.length },
    tokens: Math.ceil(content.length / 2.8),
    ...(maxImportance > 0 ? { maxImportance } : {}),
    lane: lane ?? "mixed",
    summary: `[Pending summary: ${messages.length} messages, ${label}] `,
  };
  return { id, fileName: `${id}.json`, json: `${JSON.stringify(page, null, 2)}\n`, content };
}

/** A queue file: an object a line, as the runtime writes it now, or an array. */
export function runtimeQueue(entries: readonly RuntimeEntry[], format: "lines" | "array"): string {
  if (format === "array") return JSON.stringify(entries, null, 2);
  return `${entries.map((entry) => JSON.stringify(entry)).join("\n")}\n`;
}

/** So many pages with their entries, the first one queued first. */
export function runtimeMemory(count: number): {
  readonly pages: readonly RuntimePage[];
  readonly entries: readonly RuntimeEntry[];
} {
  const lanes = ["assistant", "user", undefined] as const;
  const made = Array.from({ length: count }, (_, index) => {
    const lane = lanes[index % lanes.length];
    const label = `${lane ?? "tool"} lane 2026-02-11T08:${String(index % 60).padStart(2, "0")}`;
    const messages = Array.from({ length: 12 }, (_unused, number): RuntimeMessage => {
      const content = `In watch ${index} the keeper wrote entry ${number}: wind ${index + number}, tide ${number}, no ships.`;
      return { role: lane ?? "tool", from: "keeper", content, ...(number === 3 ? { importance: 0.8 } : {}) };
    });
    const page = runtimePage(messages, label, lane);
    const entry = {
      pageId: page.id,
      label,
      ...(lane === undefined ? {} : { lane }),
      queuedAt: 1_770_000_000_000 + index,
    };
    return { page, entry };
  });
  return { pages: made.map(({ page }) => page), entries: made.map(({ entry }) => entry) };
}
