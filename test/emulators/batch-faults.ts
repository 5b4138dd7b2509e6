/** What goes wrong with calls about batches and files. */
export type BatchFault =
  /** The server does its work, and then its answer is lost: cut, never sent, or replaced by a status. */
  | {
      readonly kind: "lost-after-effect";
      readonly how: "cut" | "hang" | 500 | 502 | 503 | 504 | 529 | 408 | 409;
    }
  /** Results come to an end after so many lines: in good order there or within the next one, by a reset, or by silence. */
  | {
      readonly kind: "short-results";
      readonly afterLines: number;
      readonly how: "line-end" | "mid-line" | "reset" | "stall";
    }
  /** Results as a test wants them. */
  | { readonly kind: "edited-results"; readonly edit: (text: string) => string }
  /** Results in packets of so many bytes, wherever that cuts them. */
  | { readonly kind: "sliced-results"; readonly bytes: number };
