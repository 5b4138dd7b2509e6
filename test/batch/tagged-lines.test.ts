import { contentHash, summaryToKeep, textToSend } from "@gro/queue";
import { summarize } from "@gro/summarizer";
import { scriptedModel, type Behaviour } from "@gro/summarizer/testing";
import { describe, expect, it } from "vitest";
import { prose } from "../support/prose.js";
import { makeScene, tokenizer } from "./support/scene.js";

const RULE = "[user (keeper)]: Never delete the ledger of 1911. @@important@@";
const SECRET = "[tool]: the password is heron @@ephemeral@@";
/** As gro's runtime writes its pages: with both tags in the content. */
const content = [prose(200), RULE, prose(200, 2), SECRET, prose(200, 3)].join("\n\n");
const request = { targetTokens: 60, chunkSize: 256, tokenMax: 600 };

describe("a page that no memory of ours has written", () => {
  it.each<Behaviour>(["obedient", "terse", "echo", "verbose"])(
    "has its tags heeded by the worker, as they are live, whatever a %s model writes",
    async (behaviour) => {
      const scene = makeScene({ behaviour });
      await scene.add("page", content, request);
      await scene.runToEnd(scene.worker());

      const asked = scene.provider.batches.flatMap(({ requests }) => requests.map((one) => one.request));
      expect(asked.length).toBeGreaterThan(1);
      for (const { prompt, system } of asked) expect(`${system}\n${prompt}`).not.toContain("heron");
      const page = await scene.page("page");
      expect(page?.summary?.split("\n")).toContain(RULE);
      expect(page?.content).toBe(content);
      expect(page?.summaryMeta?.contentHash).toBe(contentHash(content));

      const model = scriptedModel({ id: "scripted:batch", behaviour, tokenizer, cutsAtLimit: false });
      const live = await summarize(textToSend(content), { ...request, model, tokenizer });
      expect(page?.summary).toBe(summaryToKeep(content, live.summary ?? ""));
    },
  );

  it("that has nothing but ephemeral lines is empty to every model", async () => {
    const scene = makeScene();
    await scene.add("page", `${SECRET}\n\n${SECRET}\n`);
    await scene.runToEnd(scene.worker());
    expect(await scene.deaths()).toEqual({ page: "page_empty" });
    expect(scene.provider.batches).toEqual([]);
  });
});
