import { describe, expect, it } from "vitest";
import { PaidAnswers } from "../../packages/batch/src/worker/paid-answers.js";

function answers(from: number, count: number) {
  return new Map(
    Array.from({ length: count }, (_, index) => [
      `key-${from + index}`,
      { inputTokens: 10, outputTokens: from + index },
    ]),
  );
}

describe("the answers that were paid for and not used yet", () => {
  it("are used once, and only by the worker that has collected them", () => {
    const paid = new PaidAnswers();
    paid.add(answers(1, 3));
    expect(paid.use(["key-1", "key-3", "another's"])).toEqual({
      answers: 2,
      inputTokens: 20,
      outputTokens: 4,
    });
    expect(paid.use(["key-1", "key-3"])).toEqual({ answers: 0, inputTokens: 0, outputTokens: 0 });
    paid.forget("key-2");
    expect(paid.use(["key-2"]).answers).toBe(0);
  });

  it("are remembered up to a bound, the latest of them", () => {
    const paid = new PaidAnswers(100);
    for (let batch = 0; batch < 50; batch += 1) paid.add(answers(batch * 10, 10));
    expect(paid.use([...answers(0, 500).keys()]).answers).toBe(100);
    paid.add(answers(0, 250));
    expect(paid.use(["key-149", "key-150", "key-249"]).answers).toBe(2);
  });
});
