import type { BatchFault } from "./batch-faults.js";
import type { ReceivedRequest } from "./http-server.js";

/** What goes wrong with one request. */
export type Fault =
  | BatchFault
  // Before an answer:
  | StatusFault
  | { readonly kind: "cut-before-headers" }
  | { readonly kind: "hang" }
  // In the answer's way:
  | { readonly kind: "cut-mid-body" }
  | { readonly kind: "malformed-json" }
  | { readonly kind: "wrong-content-type" }
  // In a stream's way; answers that are not streamed are not touched, and are billed:
  | { readonly kind: "torn-stream"; readonly afterEvents: number; readonly how: "reset" | "end" }
  | {
      readonly kind: "error-in-stream";
      readonly afterEvents: number;
      readonly type: string;
      readonly words: string;
    }
  | { readonly kind: "slow-stream"; readonly beforeEvent: (index: number) => Promise<void> }
  // In the answer itself:
  | { readonly kind: "refusal" }
  | { readonly kind: "limit-reached" }
  | { readonly kind: "empty" }
  | { readonly kind: "exact-text"; readonly text: string }
  | { readonly kind: "strange-usage"; readonly usage: unknown };

/** An HTTP error. Type and words default to what the provider says with this status. */
export interface StatusFault {
  readonly kind: "status";
  readonly status: number;
  readonly type?: string;
  readonly code?: string;
  readonly words?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as it is instead of the provider's JSON. */
  readonly body?: string;
}

const KINDS: Readonly<Record<Fault["kind"], true>> = {
  status: true,
  "cut-before-headers": true,
  hang: true,
  "cut-mid-body": true,
  "malformed-json": true,
  "wrong-content-type": true,
  "torn-stream": true,
  "error-in-stream": true,
  "slow-stream": true,
  refusal: true,
  "limit-reached": true,
  empty: true,
  "exact-text": true,
  "strange-usage": true,
  "lost-after-effect": true,
  "short-results": true,
  "edited-results": true,
  "sliced-results": true,
};

/** @throws RangeError for a fault that no emulator knows: it would be passed over, and the test would show nothing. */
export function checkFault<Given extends Fault | undefined>(fault: Given): Given {
  if (fault === undefined || Object.hasOwn(KINDS, fault.kind)) return fault;
  throw new RangeError(`No fault is called ${JSON.stringify(fault.kind)}: ${Object.keys(KINDS).join(", ")}`);
}

/** Looks at every request and says what goes wrong with it, if anything. */
export type Cue = (request: ReceivedRequest) => Fault | undefined;

/** The same fault for these requests, counted from 1. */
export function onRequests(numbers: readonly number[], fault: Fault): Cue {
  checkFault(fault);
  return ({ number }) => (numbers.includes(number) ? fault : undefined);
}

/** The same fault for every request. */
export function always(fault: Fault): Cue {
  checkFault(fault);
  return () => fault;
}
