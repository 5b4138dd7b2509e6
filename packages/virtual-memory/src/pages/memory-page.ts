import type { Page } from "@gro/queue";

/** A line that was tagged `@@ephemeral@@`: it stands in the page beside the content, so that no model reads it. */
export interface EphemeralLine {
  /** The number of its message in the page, from 0. */
  readonly message: number;
  /** Where it stood: in the message's content, or in the arguments of the call with this id. */
  readonly call?: string;
  /** The number of the line there, from 0. */
  readonly line: number;
  readonly text: string;
}

/** A page as this memory writes it. */
export interface MemoryPage extends Page {
  /** Lines that were left out of `content`; not there when there are none. */
  readonly ephemeral?: readonly EphemeralLine[];
}

/** What becomes a page. */
export interface PageDraft {
  readonly label: string;
  readonly lane: string;
  readonly content: string;
  readonly ephemeral: readonly EphemeralLine[];
  readonly messageCount: number;
  /** Of `content`; the sum of its parts where these were counted one by one. */
  readonly tokens: number;
  /** 0 when no message says how important it is. */
  readonly maxImportance: number;
}
