import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, it } from "vitest";
import { tiktoken } from "@gro/summarizer";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

function heapMegabytes(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed / 1e6;
}

/** Text of a megabyte with one word in it that no other has. */
function documentWithNewWord(number: number): string {
  const word = `harbour${String.fromCharCode(...Array.from(String(number), (digit) => 97 + Number(digit)))}masters`;
  return Buffer.from(`${"The ferry came at six. ".repeat(43_000)} ${word}.`).toString("latin1");
}

it("counting many documents keeps none of them in memory", () => {
  const tokenizer = tiktoken("o200k_base");
  tokenizer.count(documentWithNewWord(0));
  const before = heapMegabytes();
  for (let number = 1; number <= 60; number += 1) tokenizer.count(documentWithNewWord(number));
  expect(heapMegabytes() - before).toBeLessThan(20);
});

it("counting ever new words keeps memory bounded", () => {
  const tokenizer = tiktoken("o200k_base");
  tokenizer.count("The ferry came at six.");
  const before = heapMegabytes();
  for (let page = 0; page < 60; page += 1) {
    const words = Array.from({ length: 10_000 }, (_, index) => `q${(page * 10_000 + index).toString(36)}x`);
    tokenizer.count(words.join(" ").replace(/\d/g, "z"));
  }
  expect(heapMegabytes() - before).toBeLessThan(80);
});
