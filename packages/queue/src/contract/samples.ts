import { contentHash } from "../content-hash.js";

/** Texts that somebody's storage has broken before. */
export const LABELS: readonly string[] = [
  "",
  "Zażółć gęślą jaźń",
  "日本語のページ",
  "صفحة من اليمين",
  "👩‍👩‍👧 e\u0301 ﬁ",
  "'; DROP TABLE items; --",
  'quotes " and \\ and `',
  "line one\nline two\r\n\ttabbed",
  "\u2028 and \u2029 end lines for some",
  " spaces around ",
];

/** What is no page id, most of it for a reason. */
export const BAD_PAGE_IDS: readonly string[] = [
  "",
  "../x",
  "..",
  "a/b",
  "a\\b",
  "a b",
  "a.json",
  "seite-ä",
  "a\u0000b",
  "a\n",
  "x".repeat(129),
  "x".repeat(200),
];

/** A step key as the plan makes them: a SHA-256 in base64url, 43 characters. */
export function stepKeyOf(seed: string | number): string {
  const digits = contentHash(`step ${seed}`).match(/../gu) ?? [];
  const bytes = String.fromCharCode(...digits.map((digit) => Number.parseInt(digit, 16)));
  return btoa(bytes).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** `count` step keys, the same ones for the same seed. */
export function stepKeysOf(count: number, seed = "a"): string[] {
  return Array.from({ length: count }, (_, index) => stepKeyOf(`${seed}-${index}`));
}
