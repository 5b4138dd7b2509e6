import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { contentHash } from "@gro/queue";
import { tiktoken } from "@gro/summarizer";
import { beforeEach, describe, expect, it } from "vitest";
import { LineBuffer } from "../../packages/file-store/src/journal/line.js";
import { input, program, sentences } from "./program.js";
import { lines, QueueScene } from "./queue-scene.js";
import { temporaryFolder } from "./temporary-folder.js";

const { path: parent } = temporaryFolder();
let scene = new QueueScene(parent);
beforeEach(() => {
  scene = new QueueScene(parent);
});

/** As hosts make them: `pg_` and 12 digits of the content's SHA-256. */
function idOf(content: string): string {
  return `pg_${createHash("sha256").update(content).digest("hex").slice(0, 12)}`;
}

describe("enqueue", () => {
  it("saves a text as a page, queues it and prints its id", async () => {
    const text = sentences(30);
    const { code, stdout, stderr } = await scene.enqueue([scene.file("notes.txt", text)]);
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: `${idOf(text)}\n`, stderr: "" });
    const tokenizer = tiktoken("o200k_base");
    await tokenizer.load();
    expect(scene.page(idOf(text))).toEqual({
      id: idOf(text),
      label: "notes.txt",
      content: text,
      createdAt: "2026-01-01T00:00:00.000Z",
      messageCount: 1,
      tokens: tokenizer.count(text),
    });
    expect(await scene.claims()).toMatchObject([
      {
        item: {
          pageId: idOf(text),
          contentHash: contentHash(text),
          label: "notes.txt",
          lane: null,
          request: {},
        },
      },
    ]);
  });

  it("--json prints one object with the pages and what became of them", async () => {
    const files = [scene.file("a.txt", "first text"), scene.file("b.txt", "second text")];
    const { code, stdout } = await scene.enqueue([...files, "--json"]);
    expect(code).toBe(0);
    const hashes = ["first text", "second text"].map(contentHash);
    const pageIds = ["first text", "second text"].map(idOf);
    expect(JSON.parse(stdout)).toEqual({
      pageIds,
      pages: pageIds.map((pageId, index) => ({
        file: files[index],
        kind: "queued",
        pageId,
        itemId: `${pageId}@${hashes[index]}`,
        contentHash: hashes[index],
      })),
      failed: [],
    });
  });

  it("reads standard input, and UTF-16 with a byte order mark", async () => {
    const utf16 = scene.file("wide.txt", Buffer.from("\ufeffUnicode: naïve café", "utf16le"));
    const { code, stdout } = await scene.enqueue(["-", utf16], { stdin: input("from a pipe") });
    expect(code).toBe(0);
    expect(lines(stdout)).toEqual([idOf("from a pipe"), idOf("Unicode: naïve café")]);
    expect(scene.page(idOf("from a pipe"))).toMatchObject({
      label: "standard input",
      content: "from a pipe",
    });
  });

  it("--label, --lane, --target-tokens and --content-type go with the page", async () => {
    const flags = [
      "--label",
      "Meeting",
      "--lane",
      "tool",
      "--target-tokens",
      "77",
      "--content-type",
      "conversation",
    ];
    const { stdout } = await scene.enqueue([scene.file("a.txt", "a text"), ...flags]);
    expect(scene.page(stdout.trim())).toMatchObject({ label: "Meeting", lane: "tool" });
    expect((await scene.claims())[0]?.item).toMatchObject({
      label: "Meeting",
      lane: "tool",
      request: { targetTokens: 77, contentType: "conversation" },
    });
  });

  it("QUEUE_PATH and PAGES_DIR stand in for the flags, from the working directory on; a flag goes first", async () => {
    const given = { variables: { QUEUE_PATH: "q", PAGES_DIR: "elsewhere" }, workingDirectory: scene.folder };
    scene.file("a.txt", "a text");
    expect(await program(["enqueue", "a.txt", "--pages-dir", "p"], given)).toMatchObject({ code: 0 });
    expect(readdirSync(scene.folder).sort()).toEqual(["a.txt", "p", "q"]);
    expect(readdirSync(join(scene.folder, "p"))).toEqual([`${idOf("a text")}.json`]);
  });

  it("keeps the order of many files", async () => {
    const texts = Array.from({ length: 250 }, (_, index) => `text ${index}`);
    const files = texts.map((text, index) => scene.file(`${index}.txt`, text));
    const { stdout } = await scene.enqueue(files);
    expect(lines(stdout)).toEqual(texts.map(idOf));
    expect((await scene.claims()).map(({ item }) => item.pageId)).toEqual(texts.map(idOf));
  });
});

describe("a page of a host", () => {
  const page = {
    id: "chat-7",
    label: "Chat",
    content: "what was said",
    messageCount: 12,
    tokens: 3,
    weather: "fine",
  };

  it("is taken as it is, with the fields that are not ours", async () => {
    const file = scene.file(
      "chat.json",
      JSON.stringify({ ...page, lane: "user", createdAt: "2025-05-05T05:05:05Z" }),
    );
    const { code, stdout } = await scene.enqueue([file]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: "chat-7\n" });
    expect(scene.page("chat-7")).toEqual({ ...page, lane: "user", createdAt: "2025-05-05T05:05:05Z" });
    expect((await scene.claims())[0]?.item).toMatchObject({ pageId: "chat-7", label: "Chat", lane: "user" });
  });

  it("gets what every page must have where it leaves it out", async () => {
    await scene.enqueue([scene.file("bare.json", '{"id":"bare","content":"so little"}')]);
    expect(scene.page("bare")).toEqual({
      ...{ id: "bare", content: "so little", label: "", messageCount: 1, tokens: 2 },
      createdAt: "2026-01-01T00:00:00.000Z",
    });
  });

  it("replaces an older one with its id", async () => {
    await scene.enqueue([scene.file("chat.json", JSON.stringify(page))]);
    const { code } = await scene.enqueue([
      scene.file("chat.json", JSON.stringify({ ...page, content: "and more" })),
    ]);
    expect(code).toBe(0);
    expect(scene.page("chat-7")).toMatchObject({ content: "and more", weather: "fine" });
    expect((await scene.claims()).map(({ item }) => item.contentHash)).toEqual(
      ["what was said", "and more"].map(contentHash),
    );
  });

  it("that is in the pages directory already is queued from there, with its summary kept", async () => {
    mkdirSync(scene.pagesDir);
    const text = JSON.stringify({ ...page, summary: "an earlier summary" });
    scene.writePage("chat-7", text);
    expect((await scene.enqueue([scene.pageFile("chat-7")])).code).toBe(0);
    expect(readFileSync(scene.pageFile("chat-7"), "utf8")).toBe(text);
    expect(await scene.claims()).toHaveLength(1);
  });

  it.each(["notes.json", "list.json"])("is not what every JSON file is: %s is a text", async (name) => {
    const json = name === "list.json" ? '[{"id":"a","content":"b"}]' : '{"id":5,"notes":"some"}';
    const { code, stdout } = await scene.enqueue([scene.file(name, json)]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: `${idOf(json)}\n` });
  });
});

describe("the same page", () => {
  it("is queued once, and that is said", async () => {
    const [first, second] = [scene.file("a.txt", "same text"), scene.file("b.txt", "same text")];
    const once = await scene.enqueue([first, second]);
    expect(once.code).toBe(0);
    expect(once.stderr).toBe(
      `gro-summarizer: ${second}: page ${idOf("same text")} is queued already, as it was queued first.\n`,
    );
    const twice = await scene.enqueue([first, "--json"]);
    expect(JSON.parse(twice.stdout)).toMatchObject({ pages: [{ kind: "duplicate" }] });
    expect(twice.stderr).toContain("is queued already");
    expect((await scene.standing()).items.ready).toBe(1);
  });

  it("is printed once, however many files say it", async () => {
    const files = ["a.txt", "b.txt"].map((name) => scene.file(name, "same text"));
    expect((await scene.enqueue(files)).stdout).toBe(`${idOf("same text")}\n`);
  });

  it("with two contents in one command is queued and told once, with the later one", async () => {
    const pageOf = (content: string) => JSON.stringify({ id: "pg_1", content });
    const [first, second] = [scene.file("a.json", pageOf("one")), scene.file("b.json", pageOf("two"))];
    const { code, stdout, stderr } = await scene.enqueue([first, second]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: "pg_1\n" });
    expect(stderr).toContain(`${second}: page pg_1 is queued with this content, not with that of ${first}.`);
    expect(scene.page("pg_1")["content"]).toBe("two");
    expect((await scene.standing()).items.ready).toBe(1);
    expect((await scene.worker()).stderr).toContain("1 page summarized; ");
  });

  it("waits again when it was a dead letter", async () => {
    const file = scene.file("a.txt", "a text");
    await scene.enqueue([file]);
    await scene.store(async ({ queue }) => {
      const claims = await queue.claim({ limit: 1, leaseMs: 1000 });
      await queue.deadLetter(claims, { code: "refused", message: "The model refused." });
    });
    const { code, stderr } = await scene.enqueue([file]);
    expect(code).toBe(0);
    expect(stderr).toContain("was a dead letter and is queued again");
    expect((await scene.standing()).items).toMatchObject({ ready: 1, dead: 0 });
  });

  it("keeps the summary that it has", async () => {
    const file = scene.file("a.txt", sentences(40));
    const { stdout } = await scene.enqueue([file, "--target-tokens", "60"]);
    await scene.worker();
    const page = scene.page(stdout.trim());
    expect(page["summary"]).toEqual(expect.any(String));
    await scene.enqueue([file]);
    expect(scene.page(stdout.trim())).toEqual(page);
  });

  it("with another text in it, as after an edit by hand, is left as it is", async () => {
    const file = scene.file("a.txt", "a text");
    await scene.enqueue([file]);
    const edited = JSON.stringify({ ...scene.page(idOf("a text")), content: "an edit" });
    scene.writePage(idOf("a text"), edited);
    const { code, stderr } = await scene.enqueue([file]);
    expect(code).toBe(2);
    expect(stderr).toContain(`page ${idOf("a text")} is there already and says something else`);
    expect(readFileSync(scene.pageFile(idOf("a text")), "utf8")).toBe(edited);
  });
});

type BadFile = readonly [
  what: string,
  file: readonly [name: string, content: string] | undefined,
  reason: string,
];

const BAD_FILES: readonly BadFile[] = [
  ["that is not there", undefined, "there is no such file"],
  ["that is blank", ["blank.txt", " \n\t"], "blank.txt is blank"],
  ["that is binary", ["picture.png", "\u0000\u0001"], "is binary, not text"],
  ["that is a blank page", ["page.json", '{"id":"p","content":""}'], "page.json is blank"],
  [
    "that is a page without content",
    ["page.json", '{"id":"pg_0123456789ab","label":"x"}'],
    "is a page without content",
  ],
  ["whose content is no text", ["page.json", '{"id":"p","content":[1]}'], "is a page without content"],
  ["whose id leads elsewhere", ["page.json", '{"id":"../x","content":"y"}'], 'got "../x", expected 1 to 128'],
  ["whose id is empty", ["page.json", '{"id":"","content":"y"}'], 'got "", expected 1 to 128'],
  [
    "whose id has 200 characters",
    ["page.json", `{"id":"${"x".repeat(200)}","content":"y"}`],
    `got "${"x".repeat(40)}", expected`,
  ],
  ["whose id is a number", ["page.json", '{"id":7,"content":"y"}'], "got a number, expected"],
];

describe("files that cannot be queued are named, the others are queued, and it ends with 3", () => {
  it.each(BAD_FILES)("one %s", async (_name, file, reason) => {
    const good = [scene.file("a.txt", "first"), scene.file("z.txt", "last")];
    const bad = file === undefined ? join(scene.folder, "missing.txt") : scene.file(...file);
    const { code, stdout, stderr } = await scene.enqueue([good[0] ?? "", bad, good[1] ?? "", "--json"]);
    expect(code).toBe(3);
    expect(JSON.parse(stdout)).toMatchObject({
      pageIds: [idOf("first"), idOf("last")],
      failed: [{ file: bad, reason: expect.stringContaining(reason) as string }],
    });
    expect(stderr).toContain(reason);
    expect(stderr).toMatch(/1 of 3 files could not be queued\.\n$/u);
    expect(scene.pageIds()).toEqual([idOf("first"), idOf("last")].sort());
    expect((await scene.standing()).items.ready).toBe(2);
  });

  it("one whose page is there and cannot be read", async () => {
    mkdirSync(scene.pagesDir);
    writeFileSync(scene.pageFile(idOf("first")), "{ no JSON");
    const files = [scene.file("a.txt", "first"), scene.file("b.txt", "second")];
    const { code, stdout, stderr } = await scene.enqueue(files);
    expect({ code, stdout }).toEqual({ code: 3, stdout: `${idOf("second")}\n` });
    expect(stderr).toContain(`Page ${idOf("first")} cannot be read`);
    expect(readFileSync(scene.pageFile(idOf("first")), "utf8")).toBe("{ no JSON");
  });

  it("where there is no other, it ends with 2", async () => {
    const { code, stdout, stderr } = await scene.enqueue([join(scene.folder, "missing.txt")]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain("Nothing was queued.");
  });
});

describe("wrong usage ends with 2 and makes nothing", () => {
  it.each([
    ["no file", [], "enqueue takes at least one FILE"],
    ["standard input twice", ["-", "-"], "Standard input can be read once"],
    [
      "a target that is none",
      ["a.txt", "--target-tokens", "0"],
      "--target-tokens: got 0, expected a whole number",
    ],
    ["a content type that there is not", ["a.txt", "--content-type", "poem"], '--content-type: got "poem"'],
  ])("%s", async (_name, args, message) => {
    scene.file("a.txt", "a text");
    const { code, stdout, stderr } = await scene.enqueue(args, { workingDirectory: scene.folder });
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(message);
    expect(readdirSync(scene.folder)).toEqual(["a.txt"]);
  });

  it.each([
    ["--queue-path", "QUEUE_PATH", ["--pages-dir", "p"]],
    ["--pages-dir", "PAGES_DIR", ["--queue-path", "q"]],
  ])("no %s", async (flag, variable, flags) => {
    const given = { variables: { [variable]: " " }, workingDirectory: scene.folder };
    const { code, stderr } = await program(["enqueue", "a.txt", ...flags], given);
    expect(code).toBe(2);
    expect(stderr).toContain(`${flag} is missing`);
    expect(stderr).toContain(`set the environment variable ${variable}.`);
  });
});

describe.each(["--queue-path", "--pages-dir"])(
  "a place for %s that cannot be used ends with 1 and the reason",
  (flag) => {
    const other = flag === "--queue-path" ? "--pages-dir" : "--queue-path";

    it.each<readonly [what: string, path: string, reason: string]>([
      ["a file", "a.txt", "it exists and is not a directory"],
      ["below a file", "a.txt/below", "a part of its path is not a directory"],
      ...(existsSync("/proc/self")
        ? [["where nothing can be made", "/proc/queue", "it cannot be made"] as const]
        : []),
    ])("%s", async (_name, path, reason) => {
      scene.file("a.txt", "a text");
      const given = { workingDirectory: scene.folder };
      const argv = ["enqueue", "a.txt", flag, path, other, "other"];
      const { code, stdout, stderr } = await program(argv, given);
      expect({ code, stdout, stderr }).toEqual({
        code: 1,
        stdout: "",
        stderr: `gro-summarizer: ${flag} ${path}: ${reason}. It takes a directory that can be written to.\n`,
      });
      const variable = flag === "--queue-path" ? "QUEUE_PATH" : "PAGES_DIR";
      const named = await program(["enqueue", "a.txt", other, "other"], {
        ...given,
        variables: { [variable]: path },
      });
      expect(named.code).toBe(1);
      expect(named.stderr).toContain(`${variable} ${path}: ${reason}`);
    });
  },
);

describe("a queue that cannot be read ends with 1, file and reason, and is left as it is", () => {
  it.each([
    [
      "damaged in the middle",
      (journal: string) => journal.replace('"pageId":"pg_', '"pageId":"qg_'),
      /journal-000001\.jsonl is damaged at byte \d+/u,
    ],
    [
      "of a newer version",
      newerJournal,
      /journal-000001\.jsonl has format version 99, and this program knows 1: update/u,
    ],
  ])("one %s", async (_name, damage, message) => {
    await scene.enqueue([scene.file("a.txt", "first"), scene.file("b.txt", "second")]);
    await scene.enqueue([scene.file("c.txt", "third")]);
    const damaged = damage(readFileSync(scene.journal(), "utf8"));
    writeFileSync(scene.journal(), damaged);
    for (const run of [
      () => scene.enqueue([scene.file("d.txt", "fourth")]),
      () => scene.worker(["--drain", "--provider", "local"]),
      () => scene.worker(["--provider", "local"]),
      () => scene.status(),
      () => scene.retry(),
    ]) {
      const { code, stdout, stderr } = await run();
      expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
      expect(stderr).toMatch(message);
    }
    expect(readFileSync(scene.journal(), "utf8")).toBe(damaged);
  });
});

/** The beginning of a journal as a later program may write it. */
function newerJournal(): string {
  const line = new LineBuffer();
  line.add('"by":"later","do":"segment","version":99,"number":1,"previousEnd":0}', 1);
  return line.bytes.toString();
}
