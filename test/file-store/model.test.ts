import { test } from "vitest";
import { runModel } from "./support/model-run.js";

test("100 random histories with crashes and two instances go as in memory", async () => {
  await runModel(100);
});
