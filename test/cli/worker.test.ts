import { EventEmitter } from "node:events";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { providers, run } from "@gro/cli";
import { scriptedModel, ScriptedError, virtualClock } from "@gro/summarizer/testing";
import { ModelError, summarize } from "@gro/summarizer";
import { beforeEach, describe, expect, it } from "vitest";
import { environment, input, program } from "./program.js";
import { lines, QueueScene } from "./queue-scene.js";
import { temporaryFolder } from "./temporary-folder.js";

const { path: parent } = temporaryFolder();
let scene = new QueueScene(parent);
beforeEach(() => {
  scene = new QueueScene(parent);
});

const queued = (...counts: readonly number[]) => scene.enqueueBooks(...counts);

interface LoggedEvent extends Readonly<Record<string, unknown>> {
  readonly event: string;
}

function eventsIn(stdout: string): LoggedEvent[] {
  return lines(stdout).map((line) => JSON.parse(line) as LoggedEvent);
}

describe("worker --drain", () => {
  it("writes to every page the summary that summarize gives, and ends with 0", async () => {
    const model = scriptedModel();
    const pageIds = await queued(300, 150, 10);
    const { code, stdout, stderr } = await scene.worker(["--drain"], { model });
    expect({ code, stdout }).toEqual({ code: 0, stdout: "" });
    for (const pageId of pageIds) {
      const { content, summary, summaryMeta } = scene.page(pageId);
      const live = await summarize(String(content), { model: scriptedModel(), targetTokens: 60 });
      expect(summary).toBe(live.summary);
      expect(summaryMeta).toMatchObject({ targetTokens: 60, inputTokens: live.inputTokens, fit: live.fit });
      expect(stderr).toContain(`page ${pageId} summarized: `);
    }
    expect(new Set(model.requests.map(({ prompt }) => prompt)).size).toBe(model.requests.length);
    expect(stderr).toMatch(/3 pages summarized; nothing is queued any more\.\n$/u);
    expect(await scene.standing()).toEqual({
      totals: expect.any(Object) as object,
      items: { ready: 0, waiting: 0, claimed: 0, dead: 0 },
      oldestQueuedAt: null,
      oldestAgeMs: null,
      batches: [],
      deadLetters: [],
    });
  });

  it("has nothing to do with an empty queue, wherever it is", async () => {
    const { code, stderr } = await scene.worker();
    expect(code).toBe(0);
    expect(stderr).toMatch(/0 pages summarized; nothing is queued any more\.\n$/u);
  });

  it("tells every event in a line with its time, and as JSON with --json", async () => {
    await queued(300);
    const { stdout, stderr } = await scene.worker(["--drain", "--json"]);
    const events = eventsIn(stdout);
    expect(events.map(({ event }) => event)).toEqual(
      expect.arrayContaining([
        "batchReserved",
        "batchSubmitted",
        "batchCollected",
        "batchClosed",
        "itemSummarized",
        "tickDone",
      ]),
    );
    for (const { at } of events) expect(at).toBe("2026-01-01T00:00:00.000Z");
    // Only what is no event, or somebody's trouble, is on standard error.
    expect(lines(stderr)).toHaveLength(3);

    scene = new QueueScene(parent);
    await queued(300);
    const plain = await scene.worker();
    expect(plain.stderr).toMatch(
      /^gro-summarizer: 2026-01-01T00:00:00Z batch \S+ submitted to local: \d+ requests/mu,
    );
    expect(plain.stderr).toMatch(/^gro-summarizer: 2026-01-01T00:00:00Z batch \S+ collected: \d+ answers/mu);
  });

  it("shows no content, neither to people nor to programs", async () => {
    await queued(300, 20);
    const dead = scene.file("dead.txt", "Secret words of a page that is damaged.");
    const [deadId = ""] = lines((await scene.enqueue([dead])).stdout);
    scene.writePage(deadId, '{"content": "Secret words');
    const { stdout, stderr } = await scene.worker(["--drain", "--json"]);
    expect(stdout + stderr).not.toMatch(/lighthouse|keeper|Secret/u);
  });

  it("goes on with what is paid for, whoever paid: summarize --memo with the queue's directory", async () => {
    const [pageId = ""] = await queued(300);
    const model = scriptedModel();
    const argv = ["summarize", "--memo", scene.queuePath, "--target-tokens", "60"];
    const live = await program(argv, { model, stdin: input(String(scene.page(pageId)["content"])) });
    expect(model.requests.length).toBeGreaterThan(3);
    const again = scriptedModel();
    expect((await scene.worker(["--drain"], { model: again })).code).toBe(0);
    expect(again.requests).toEqual([]);
    expect(`${String(scene.page(pageId)["summary"])}\n`).toBe(live.stdout);
  });
});

describe("pages without a summary end as dead letters: exit code 3, the reason, and how to try again", () => {
  it("one whose page is gone, one that is damaged, one without content, one that is blank by now, a directory", async () => {
    const [gone = "", damaged = "", empty = "", blank = "", folder = "", good = ""] = await queued(
      ...[30, 31, 32, 33, 34, 35],
    );
    rmSync(scene.pageFile(gone));
    scene.writePage(damaged, "{ no JSON");
    scene.writePage(empty, JSON.stringify({ ...scene.page(empty), content: undefined }));
    scene.writePage(blank, JSON.stringify({ ...scene.page(blank), content: "  " }));
    rmSync(scene.pageFile(folder));
    mkdirSync(scene.pageFile(folder));
    const { code, stdout, stderr } = await scene.worker();
    expect({ code, stdout }).toEqual({ code: 3, stdout: "" });
    for (const [pageId, reason] of [
      [gone, `page_missing: There is no page with this id in ${scene.pagesDir}.`],
      [damaged, `page_unreadable: Page ${damaged} cannot be read from ${scene.pageFile(damaged)}: its JSON `],
      [
        empty,
        `page_unreadable: Page ${empty} cannot be read from ${scene.pageFile(empty)}: it has no content.`,
      ],
      [blank, "page_empty: The page has no text"],
      [
        folder,
        `page_unreadable: Page ${folder} cannot be read from ${scene.pageFile(folder)}: it is a directory.`,
      ],
    ]) {
      expect(stderr).toContain(`page ${pageId} is a dead letter: ${reason}`);
    }
    expect(stderr).toContain(`5 pages got no summary, for the reasons above.`);
    expect(stderr).toContain(`gro-summarizer retry --queue-path ${scene.queuePath}`);
    expect(scene.page(good)["summary"]).toEqual(expect.any(String));
    expect((await scene.standing()).deadLetters.map(({ pageId, code: why }) => [pageId, why])).toEqual([
      [gone, "page_missing"],
      [damaged, "page_unreadable"],
      [empty, "page_unreadable"],
      [blank, "page_empty"],
      [folder, "page_unreadable"],
    ]);
  });

  it("are told of once: the next run ends with 0", async () => {
    const [gone = ""] = await queued(30, 31);
    rmSync(scene.pageFile(gone));
    expect((await scene.worker()).code).toBe(3);
    expect((await scene.worker()).code).toBe(0);
  });

  it("are summarized after they were mended and tried again", async () => {
    const [gone = ""] = await queued(30, 31);
    const page = readFileSync(scene.pageFile(gone));
    rmSync(scene.pageFile(gone));
    await scene.worker();
    writeFileSync(scene.pageFile(gone), page);
    expect(await scene.retry()).toMatchObject({ code: 0, stdout: `${gone}\n` });
    expect((await scene.worker()).code).toBe(0);
    expect(scene.page(gone)["summary"]).toEqual(expect.any(String));
  });

  it("one to which the model gives no answer that can be used", async () => {
    const [refused = ""] = await queued(30);
    const { code, stderr } = await scene.worker(["--drain"], {
      model: scriptedModel({ behaviour: "refusing" }),
    });
    expect(code).toBe(3);
    expect(stderr).toContain(
      `page ${refused} is a dead letter: completion_refused: The model refused to answer.`,
    );
  });
});

describe("a model that no call will help pauses the worker", () => {
  it("until somebody mends it, and then it goes on", async () => {
    const [pageId = ""] = await queued(30);
    let isMended = false;
    const model = scriptedModel({
      cue: () =>
        isMended
          ? undefined
          : new ModelError({
              kind: "out_of_credit",
              provider: "local",
              model: "mine",
              message: "the account has no credit left; add some",
            }),
    });
    const clock = virtualClock();
    const surroundings = environment({ model, clock });
    const running = run(["worker", "--drain", ...scene.storeFlags], surroundings);
    while (!surroundings.stderr.text.includes("paused")) await clock.advance(10);
    expect(surroundings.stderr.text).toContain("paused, nothing is sent to local: ");
    expect(surroundings.stderr.text).toContain("no credit left");
    isMended = true;
    let isOver = false;
    void running.then(() => {
      isOver = true;
    });
    while (!isOver) await clock.advance(60_000);
    expect(await running).toBe(0);
    expect(surroundings.stderr.text).toContain("local takes batches again.");
    expect(scene.page(pageId)["summary"]).toEqual(expect.any(String));
  });
});

describe("settings", () => {
  it("come from the environment where no flag is given", async () => {
    await queued(300);
    const variables = { QUEUE_PATH: scene.queuePath, PAGES_DIR: scene.pagesDir, BATCH_SIZE: "2" };
    const { code, stdout } = await program(["worker", "--drain", "--json"], { variables });
    expect(code).toBe(0);
    const sizes = eventsIn(stdout).flatMap(({ event, requests }) =>
      event === "batchSubmitted" ? [requests] : [],
    );
    expect(Math.max(...sizes.map(Number))).toBe(2);
    expect(sizes.length).toBeGreaterThan(2);
  });

  it("of flags go first", async () => {
    await queued(300);
    const { stdout } = await scene.worker(["--drain", "--json", "--batch-size", "100"], {
      variables: { BATCH_SIZE: "2", QUEUE_PATH: "/nowhere", PAGES_DIR: "/nowhere" },
    });
    const sizes = eventsIn(stdout).flatMap(({ event, requests }) =>
      event === "batchSubmitted" ? [requests] : [],
    );
    expect(Math.max(...sizes.map(Number))).toBeGreaterThan(2);
  });

  it.each([
    ["--poll-interval", "POLL_INTERVAL", "0"],
    ["--batch-poll-interval", "BATCH_POLL_INTERVAL", "5 min"],
    ["--batch-size", "BATCH_SIZE", "1.5"],
  ])("that are wrong are named, with %s or %s, and nothing is made", async (flag, variable, value) => {
    const shown = /^[\d.]+$/u.test(value) ? value : JSON.stringify(value);
    for (const [flags, variables, name] of [
      [[flag, value], {}, flag],
      [[], { [variable]: value }, variable],
    ] as const) {
      const { code, stdout, stderr } = await scene.worker([...flags, "--drain"], { variables });
      expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
      expect(stderr).toContain(`gro-summarizer: ${name}: got ${shown}, expected a whole number`);
    }
    expect(readdirSync(scene.folder)).toEqual([]);
  });

  it.each([
    [
      "an orphan grace below 0",
      ["--orphan-grace", "-1"],
      "--orphan-grace: got -1, expected a whole number of at least 0",
    ],
    ["a file", ["notes.txt"], "worker takes flags only, got: notes.txt."],
    ["an unknown provider", ["--provider", "extractive"], "expected one of: auto, anthropic, openai, local."],
    [
      "a model for the offline one",
      ["--provider", "local", "--model", "gpt-4o"],
      "--model has no meaning with --provider local",
    ],
  ])("%s ends with 2", async (_name, flags, message) => {
    const { code, stderr } = await scene.worker([...flags, "--drain"], { providers });
    expect(code).toBe(2);
    expect(stderr).toContain(message);
    expect(existsSync(scene.queuePath)).toBe(false);
  });
});

describe("who writes", () => {
  it("is the offline model without a key, and that is said", async () => {
    const [pageId = ""] = await queued(100);
    const { code, stderr } = await scene.worker(["--drain"], { providers });
    expect(code).toBe(0);
    expect(stderr).toContain(
      "--provider auto takes local: the offline model, which picks sentences from the text.",
    );
    expect(scene.page(pageId)["summaryMeta"]).toMatchObject({ modelId: "extractive:1" });
  });

  it.each([
    ["anthropic", "ANTHROPIC_API_KEY"],
    ["openai", "OPENAI_API_KEY"],
  ])("%s without its key ends with 4 and the name of the variable", async (provider, variable) => {
    const { code, stdout, stderr } = await scene.worker(["--provider", provider], { providers });
    expect({ code, stdout }).toEqual({ code: 4, stdout: "" });
    expect(stderr).toContain(`Set the environment variable ${variable}.`);
    expect(existsSync(scene.queuePath)).toBe(false);
  });

  it("BATCH_MODEL without a key is not answered by another model", async () => {
    const { code, stderr } = await scene.worker([], { providers, variables: { BATCH_MODEL: "gpt-4o-mini" } });
    expect(code).toBe(2);
    expect(stderr).toContain("BATCH_MODEL has no meaning with --provider local, which auto takes");
    expect(stderr).toContain("set ANTHROPIC_API_KEY or OPENAI_API_KEY");
  });

  it("BATCH_MODEL does not disturb who asks for the offline model", async () => {
    const given = { providers, variables: { BATCH_MODEL: "gpt-4o-mini" } };
    expect((await scene.worker(["--drain", "--provider", "local"], given)).code).toBe(0);
  });
});

describe.each([
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const)("%s", (name, code) => {
  it(`ends it with ${code} in the middle of its work; another one finishes, and nothing is asked twice`, async () => {
    const pageIds = await queued(300, 150);
    const signals = new EventEmitter();
    const first = scriptedModel({
      cue: (_, call) => {
        if (call === 4) signals.emit(name);
        return undefined;
      },
    });
    const stopped = await scene.worker(["--drain"], { model: first, signals });
    expect(stopped.code).toBe(code);
    expect(stopped.stderr).toMatch(new RegExp(`stopped by ${name}\\.\\n$`, "u"));
    expect(signals.eventNames()).toEqual([]);
    const between = await scene.standing();
    expect(between.items).toMatchObject({ ready: 2, waiting: 0, claimed: 0 });
    expect(between.batches).toEqual([]);

    const second = scriptedModel();
    expect((await scene.worker(["--drain"], { model: second })).code).toBe(0);
    for (const pageId of pageIds) expect(scene.page(pageId)["summary"]).toEqual(expect.any(String));
    const asked = [...first.requests, ...second.requests].map(({ prompt }) => prompt);
    expect(new Set(asked).size).toBe(asked.length);
  });

  it("ends one that waits", async () => {
    const signals = new EventEmitter();
    const clock = virtualClock();
    const surroundings = environment({ signals, clock });
    const running = run(["worker", ...scene.storeFlags], surroundings);
    while (clock.sleeping === 0) await clock.advance(0);
    signals.emit(name);
    expect(await running).toBe(code);
    expect(clock.sleeping).toBe(0);
  });

  it("a second time ends it at once", async () => {
    const signals = new EventEmitter();
    const exits: number[] = [];
    const surroundings = environment({ signals, clock: virtualClock(), exit: (exit) => exits.push(exit) });
    const running = run(["worker", ...scene.storeFlags], surroundings);
    signals.emit("SIGTERM");
    expect(exits).toEqual([]);
    signals.emit(name);
    expect(exits).toEqual([code]);
    await running;
  });
});

describe("a worker without --drain", () => {
  it("takes up what is queued while it waits, and looks as often as --poll-interval says", async () => {
    const signals = new EventEmitter();
    const clock = virtualClock();
    const surroundings = environment({ signals, clock });
    const running = run(["worker", "--poll-interval", "5000", ...scene.storeFlags], surroundings);
    while (clock.sleeping === 0) await clock.advance(0);
    const [pageId = ""] = await queued(10);
    await clock.advance(4000);
    expect(scene.page(pageId)).not.toHaveProperty("summary");
    while (!surroundings.stderr.text.includes("summarized")) await clock.advance(1000);
    signals.emit("SIGTERM");
    expect(await running).toBe(143);
    expect(scene.page(pageId)["summary"]).toEqual(expect.any(String));
  });
});

it("an error of the model that passes is asked again", async () => {
  const [pageId = ""] = await queued(30);
  const model = scriptedModel({
    cue: (_, call) => (call <= 2 ? new ScriptedError("busy", { isRetryable: true }) : undefined),
  });
  const clock = virtualClock();
  const surroundings = environment({ model, clock });
  const running = run(["worker", "--drain", ...scene.storeFlags], surroundings);
  let isOver = false;
  void running.then(() => {
    isOver = true;
  });
  while (!isOver) await clock.advance(1000);
  expect(await running).toBe(0);
  expect(scene.page(pageId)["summary"]).toEqual(expect.any(String));
});
