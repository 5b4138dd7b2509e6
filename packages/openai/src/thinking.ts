const OPENING = "<think>";
const CLOSING = "</think>";

/** A block of thoughts at the very beginning, which servers without a reasoning parser leave in the text. */
const LEADING_BLOCK = /^\s*<think>[^]*?(?:<\/think>\s*|$)/u;

/** The text after a block of thoughts at its beginning; nothing at all when the block has no end. */
export function withoutThinking(text: string): string {
  return text.replace(LEADING_BLOCK, "");
}

/** The same for a text that comes in pieces: holds back what may belong to such a block. */
export class ThinkingFilter {
  private state: "beginning" | "thinking" | "after" | "writing" = "beginning";
  private held = "";

  /** The text that this piece adds to the answer. */
  add(piece: string): string {
    if (this.state === "writing") return piece;
    this.held += piece;
    if (this.state === "beginning") {
      const start = this.held.trimStart();
      if (start.length < OPENING.length && OPENING.startsWith(start)) return "";
      if (!start.startsWith(OPENING)) return this.release();
      this.state = "thinking";
    }
    if (this.state === "thinking") {
      const end = this.held.indexOf(CLOSING);
      if (end === -1) return "";
      this.held = this.held.slice(end + CLOSING.length);
      this.state = "after";
    }
    this.held = this.held.trimStart();
    return this.held === "" ? "" : this.release();
  }

  /** What was held back and is no block after all. */
  end(): string {
    return this.state === "beginning" ? this.release() : "";
  }

  private release(): string {
    const text = this.held;
    this.held = "";
    this.state = "writing";
    return text;
  }
}
