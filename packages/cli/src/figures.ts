import type { SummaryResult } from "@gro/summarizer";

const GROUPED = new Intl.NumberFormat("en-US");
const DOLLARS = new Intl.NumberFormat("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 });

/** `773,512` */
export function grouped(count: number): string {
  return GROUPED.format(count);
}

/** `1 call`, `2 calls` */
export function counted(count: number, one: string): string {
  return `${grouped(count)} ${one}${count === 1 ? "" : "s"}`;
}

/** `$12.30`, `$0.0123`, and `<$0.0001` for what is less but not nothing. */
export function dollars(usd: number): string {
  if (usd === 0) return "$0";
  if (usd < 0.0001) return "<$0.0001";
  return `$${usd < 1 ? usd.toFixed(4) : DOLLARS.format(usd)}`;
}

/** `0.4 s`, `12 s`, `3 min 05 s`, `5 h 20 min`, `2 days 03 h` */
export function duration(milliseconds: number): string {
  const tenths = Math.max(0, Math.floor(milliseconds / 100));
  if (tenths < 100) return `${(tenths / 10).toFixed(1)} s`;
  const seconds = Math.floor(tenths / 10);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${twoDigits(seconds % 60)} s`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours} h ${twoDigits(minutes % 60)} min`;
  return `${grouped(Math.floor(hours / 24))} days ${twoDigits(hours % 24)} h`;
}

function twoDigits(count: number): string {
  return String(count).padStart(2, "0");
}

/** A run in one line. */
export function figuresOf(result: SummaryResult, milliseconds: number): string {
  const { inputTokens, outputTokens, collapseDepth, usage } = result;
  const parts = [
    `${grouped(inputTokens)} -> ${counted(outputTokens, "token")}`,
    `depth ${collapseDepth}`,
    counted(usage.calls, "call"),
  ];
  if (usage.memoHits > 0) parts.push(`${grouped(usage.memoHits)} from the memo`);
  // A model on this machine costs nothing, and no line needs to say so.
  if (usage.costUsd !== undefined && usage.costUsd > 0) parts.push(dollars(usage.costUsd));
  return [...parts, duration(milliseconds)].join(", ");
}
