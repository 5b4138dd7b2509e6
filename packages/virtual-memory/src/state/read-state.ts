import { InvalidOptionError } from "@gro/summarizer";
import { wholeNumber } from "@gro/summarizer/executor";
import { isPageId } from "@gro/queue";
import type { PageRequest } from "../markers/page-requests.js";
import { checkMessage, fieldsOf, listAt, stringAt } from "../messages/check-message.js";
import type { PageEntry } from "../summaries/page-entry.js";
import type { HeldMessage } from "../working/unit.js";
import { STATE_VERSION, type VirtualMemoryState } from "./memory-state.js";

type Check<Value> = (place: string, value: unknown) => Value;

function each<Value>(place: string, value: unknown, check: Check<Value>): Value[] {
  return listAt(place, value).map((member, index) => check(`${place}[${index}]`, member));
}

function oneOf<Value extends string>(place: string, value: unknown, ...allowed: readonly Value[]): Value {
  const found = allowed.find((candidate) => candidate === value);
  if (found !== undefined) return found;
  throw new InvalidOptionError(place, value, allowed.map((name) => `"${name}"`).join(", "));
}

function pageIdAt(place: string, value: unknown): string {
  if (isPageId(value)) return value;
  throw new InvalidOptionError(place, value, "a page's id");
}

function booleanAt(place: string, value: unknown): boolean {
  if (typeof value === "boolean") return value;
  throw new InvalidOptionError(place, value, "true or false");
}

function entryAt(place: string, value: unknown): PageEntry {
  const given = fieldsOf(place, value);
  return {
    pageId: pageIdAt(`${place}.pageId`, given["pageId"]),
    contentHash: stringAt(`${place}.contentHash`, given["contentHash"]),
    order: wholeNumber(`${place}.order`, given["order"], 0),
    label: stringAt(`${place}.label`, given["label"]),
    lane: stringAt(`${place}.lane`, given["lane"]),
    messageCount: wholeNumber(`${place}.messageCount`, given["messageCount"], 0),
    pageCount: wholeNumber(`${place}.pageCount`, given["pageCount"], 0),
    state: oneOf(`${place}.state`, given["state"], "pending", "ready"),
    text: stringAt(`${place}.text`, given["text"]),
    isQueued: booleanAt(`${place}.isQueued`, given["isQueued"]),
    rejections: wholeNumber(`${place}.rejections`, given["rejections"], 0),
  };
}

function unitAt(place: string, value: unknown): readonly [HeldMessage, ...HeldMessage[]] {
  const [first, ...others] = each(place, value, (at, held): HeldMessage => {
    const { order, message } = fieldsOf(at, held);
    return {
      order: wholeNumber(`${at}.order`, order, 0),
      message: checkMessage(`${at}.message`, message),
    };
  });
  if (first !== undefined) return [first, ...others];
  throw new InvalidOptionError(place, value, "at least one message");
}

function requestAt(place: string, value: unknown): PageRequest {
  const { kind, pageId } = fieldsOf(place, value);
  return {
    kind: oneOf(`${place}.kind`, kind, "ref", "unref", "pin", "unpin"),
    pageId: pageIdAt(`${place}.pageId`, pageId),
  };
}

/**
 * A state as it came back from where the host kept it, checked field by field.
 * @throws InvalidOptionError that names the field, also for the state of a newer version
 */
export function readState(value: unknown): VirtualMemoryState {
  const given = fieldsOf("state", value);
  const { version } = given;
  if (version !== STATE_VERSION) {
    const allowed = `${STATE_VERSION}; a newer version of this package may have written it`;
    throw new InvalidOptionError("state.version", version, allowed);
  }
  const slot = fieldsOf("state.slot", given["slot"]);
  const units = each("state.units", given["units"], unitAt);
  const leastOrder = units.flat().reduce((least, { order }) => Math.max(least, order + 1), 0);
  return {
    version,
    nextOrder: wholeNumber("state.nextOrder", given["nextOrder"], leastOrder),
    units,
    shown: each("state.shown", given["shown"], entryAt),
    backlog: each("state.backlog", given["backlog"], entryAt),
    asides: each("state.asides", given["asides"], entryAt),
    slot: {
      loaded: each("state.slot.loaded", slot["loaded"], pageIdAt),
      pinned: each("state.slot.pinned", slot["pinned"], pageIdAt),
      requests: each("state.slot.requests", slot["requests"], requestAt),
    },
  };
}
