import type { SourceNode, Tokenizer } from "@gro/summarizer";

const LONGEST_OPENING = 44;

/** The first words of the part of the content that a node stands for. */
function opening(content: string, { start }: SourceNode["span"]): string {
  const words = content
    .slice(start, start + 200)
    .replace(/\s+/gu, " ")
    .trim();
  return words.length <= LONGEST_OPENING ? words : `${words.slice(0, LONGEST_OPENING).trimEnd()}…`;
}

/** Draws a summary's tree, a line a node: what it is, from how many tokens to how many, and where it begins. */
export function drawTree(root: SourceNode, content: string, tokenizer: Tokenizer): string {
  const lines: string[] = [];
  const draw = (node: SourceNode, indent: string, branch: string): void => {
    const from = tokenizer.count(content.slice(node.span.start, node.span.end));
    const to = tokenizer.count(node.text);
    const size = `${String(from).padStart(5)} → ${String(to).padStart(3)} tokens`;
    lines.push(`${(indent + branch + node.kind).padEnd(12)} ${size}   “${opening(content, node.span)}”`);
    const below = indent + (branch === "" ? "" : branch === "└─ " ? "   " : "│  ");
    for (const [index, child] of node.children.entries()) {
      draw(child, below, index === node.children.length - 1 ? "└─ " : "├─ ");
    }
  };
  draw(root, "", "");
  return lines.join("\n");
}
