import { SEPARATOR, type PlanMachine } from "../plan/machine.js";

/** The text of the result as it comes: pieces to add, or a fresh start when a draft did not become the summary. */
export type FinalTextEvent =
  { readonly kind: "textDelta"; readonly text: string } | { readonly kind: "textReset" };

/**
 * Tells the result's text while it is written. The roots' texts are told in their order, whichever comes first;
 * the deltas since the last reset, joined, are always the beginning of what stands so far, and in the end the summary.
 */
export class FinalText {
  private told = "";
  private finished = 0;
  private readonly drafts = new Map<number, string>();
  private machine: PlanMachine | undefined;
  private roots: readonly number[] = [];

  constructor(private readonly tell: (event: FinalTextEvent) => void) {}

  /** Says which nodes the result is made of. */
  follow(machine: PlanMachine, roots: readonly number[]): void {
    this.machine = machine;
    this.roots = roots;
    this.advance();
  }

  /** An attempt to write the text of a root begins; what an earlier attempt wrote is void. */
  begin(rootIndex: number): void {
    this.drafts.set(rootIndex, "");
  }

  /** More text of a root. */
  add(rootIndex: number, text: string): void {
    this.drafts.set(rootIndex, (this.drafts.get(rootIndex) ?? "") + text);
    if (rootIndex === this.finished) this.tellSoFar();
  }

  /** To be called when nodes may have been finished. */
  advance(): void {
    const before = this.finished;
    while (this.finished < this.roots.length && this.summaryOf(this.finished) !== undefined)
      this.finished += 1;
    if (this.finished > before) this.tellSoFar();
  }

  /** The summary as the result has it. */
  end(summary: string): void {
    this.catchUpWith(summary);
  }

  private summaryOf(rootIndex: number): string | undefined {
    return this.machine?.summaryOf(this.roots[rootIndex] ?? -1)?.text;
  }

  private tellSoFar(): void {
    const finished = Array.from({ length: this.finished }, (_, rootIndex) => this.summaryOf(rootIndex) ?? "");
    // White space at the end of a draft is told when more text follows it: a summary never ends in it.
    const draft = this.drafts.get(this.finished)?.trim() ?? "";
    this.catchUpWith([...finished, draft].filter((text) => text !== "").join(SEPARATOR));
  }

  private catchUpWith(text: string): void {
    if (!text.startsWith(this.told)) {
      this.tell({ kind: "textReset" });
      this.told = "";
    }
    const rest = text.slice(this.told.length);
    if (rest !== "") this.tell({ kind: "textDelta", text: rest });
    this.told = text;
  }
}
