import { isPageId, StoreError } from "@gro/queue";

/** A page that waits in a queue file, as gro's agent runtime writes it. */
export interface QueueFileEntry {
  readonly pageId: string;
  /** `undefined` where the file says nothing. */
  readonly label: string | undefined;
  /** `null` for a page of mixed lanes, which the runtime leaves out. */
  readonly lane: string | null;
  /** Milliseconds since the epoch; `undefined` where the file says nothing. */
  readonly queuedAt: number | undefined;
}

const BYTE_ORDER_MARK = "\ufeff";

/**
 * The entries of a queue file, in its order: one JSON array, or an object a line, as different versions of the runtime write them. `undefined`
 * for a text that is neither; a blank one is an empty queue.
 *
 * @param file for messages
 * @throws StoreError `queue_file_unreadable` for JSON that is broken and for an entry that is none. Nothing is passed over: what
 * cannot be read may be a page that waits.
 */
export function queueFileEntries(bytes: Uint8Array, file: string): readonly QueueFileEntry[] | undefined {
  const text = decoded(bytes);
  if (text === undefined) return undefined;
  if (text === "") return [];
  if (text.startsWith("[")) return entriesOfArray(text, file);
  return text.startsWith("{") ? entriesOfLines(text, file) : undefined;
}

function decoded(bytes: Uint8Array): string | undefined {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    return (text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text).trim();
  } catch {
    return undefined;
  }
}

function entriesOfArray(text: string, file: string): QueueFileEntry[] {
  const parsed = parse(text);
  if (!Array.isArray(parsed?.value)) throw unreadable(file, "it begins like a JSON array and is none");
  return parsed.value.map((value: unknown, index) => entryOf(value, file, `entry ${index + 1}`));
}

function entriesOfLines(text: string, file: string): QueueFileEntry[] {
  return text.split("\n").flatMap((line, index) => {
    if (line.trim() === "") return [];
    const place = `line ${index + 1}`;
    const parsed = parse(line);
    if (parsed === undefined) throw unreadable(file, `${place} is no JSON`);
    return entryOf(parsed.value, file, place);
  });
}

function parse(json: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(json) };
  } catch {
    return undefined;
  }
}

function entryOf(value: unknown, file: string, place: string): QueueFileEntry {
  const refuse = (what: string) => unreadable(file, `${place} is no page that waits: ${what}`);
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw refuse("it is no object");
  const fields: Readonly<Record<string, unknown>> = Object.fromEntries(Object.entries(value));
  const { pageId, label, lane, queuedAt } = fields;
  if (pageId === undefined) throw refuse("it has no pageId");
  if (!isPageId(pageId)) throw refuse("its pageId is not 1 to 128 characters of A-Z, a-z, 0-9, _ and -");
  if (!isTextOrLeftOut(label)) throw refuse("its label is no text");
  if (!isTextOrLeftOut(lane)) throw refuse("its lane is no text");
  if (queuedAt !== undefined && queuedAt !== null && !isTime(queuedAt))
    throw refuse("its queuedAt is no time");
  return { pageId, label: label ?? undefined, lane: lane ?? null, queuedAt: queuedAt ?? undefined };
}

function isTextOrLeftOut(value: unknown): value is string | null | undefined {
  return value === undefined || value === null || typeof value === "string";
}

/** The last moment that a `Date` knows. */
const LAST_TIME = 8.64e15;

function isTime(value: unknown): value is number {
  return typeof value === "number" && value >= 0 && value <= LAST_TIME;
}

function unreadable(file: string, what: string): StoreError {
  return new StoreError({
    code: "queue_file_unreadable",
    message: `The queue file ${file} cannot be taken over: ${what}. It is left as it is: mend it, or take out what is broken.`,
    context: { file },
  });
}
