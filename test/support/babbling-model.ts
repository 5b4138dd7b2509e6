import type { LanguageModel } from "@gro/summarizer";

/** A model that minds no limit: it gives the same answer, however long, to whatever it is asked. */
export function babblingModel(answer: string): LanguageModel & { readonly calls: number } {
  const text = Buffer.from(answer).toString("utf8");
  let calls = 0;
  return {
    id: "test:babbling",
    get calls() {
      return calls;
    },
    generate() {
      calls += 1;
      return Promise.resolve({ text, finishReason: "stop", usage: { inputTokens: 1, outputTokens: 1 } });
    },
  };
}
