import { EventEmitter } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "@gro/summarizer";
import { postgresStore } from "@gro/postgres-store";
import { run as runProgram } from "@gro/cli";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { flagOfPlace } from "../../packages/cli/src/open-store.js";
import { environment, program, type Ended } from "../cli/program.js";
import { lines } from "../cli/queue-scene.js";
import { testDatabase, type TestDatabase } from "./support/database.js";
import { watchingProxy } from "./support/watching-proxy.js";

let folder: string;
let database: TestDatabase;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "gro-cli-postgres-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeEach(async () => {
  database = await testDatabase();
});
afterEach(() => database.drop());

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

/** With the database in the environment, where its password is nobody else's business. */
function run(...argv: readonly string[]): Promise<Ended> {
  return program(argv, { variables: { DATABASE_URL: database.url }, clock: systemClock() });
}

const tables = async () =>
  (await database.query("SELECT FROM pg_namespace WHERE nspname = 'gro'")).rowCount === 1;

describe("a queue in a database", () => {
  it("goes from enqueue over a worker to a summary, and status tells", async () => {
    const enqueued = await run("enqueue", file("a.txt", "One short text."), file("b.txt", "Another text."));
    expect(enqueued).toMatchObject({ code: 0, stderr: "" });
    const [pageId = ""] = lines(enqueued.stdout);
    expect(JSON.parse((await run("status", "--json")).stdout)).toMatchObject({
      items: { ready: 2, dead: 0 },
    });

    const worked = await run("worker", "--drain", "--provider", "local");
    expect(worked.code, worked.stderr).toBe(0);
    expect(worked.stderr).toContain("2 pages summarized; nothing is queued any more.");
    await using store = postgresStore(database.url);
    expect((await store.pages.read(pageId))?.page.summary).toBe("One short text.");
    expect((await run("status")).stdout).toMatch(/^pages\n {2}0 ready\n/u);
  });

  it("retries dead letters, those named and all", async () => {
    const { stdout } = await run(
      "enqueue",
      file("a.txt", "One."),
      file("b.txt", "Two."),
      file("c.txt", "Three."),
    );
    const [first = ""] = lines(stdout);
    await using store = postgresStore(database.url);
    const claims = await store.queue.claim({ limit: 10, leaseMs: 60_000 });
    await store.queue.deadLetter(claims, { code: "too_hard", message: "Too hard." });
    expect((await run("status")).stdout).toContain("Too hard.");
    expect(await run("retry", first)).toMatchObject({ code: 0, stdout: `${first}\n` });
    expect(lines((await run("retry")).stdout)).toHaveLength(2);
    expect((await store.queue.stats()).ready).toBe(3);
  });

  it("is not made by status and retry", async () => {
    const { code, stdout, stderr } = await run("status");
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^pages\n {2}0 ready\n/u)]);
    expect(stderr).toMatch(
      /^gro-summarizer: postgres:\/\/\w+@[^/]+\/\w+: nothing was ever queued here\.\n$/u,
    );
    expect((await run("retry")).code).toBe(0);
    expect(await tables()).toBe(false);
  });

  it("is made by migrate, once", async () => {
    expect(await run("migrate", "--json")).toMatchObject({ code: 0, stdout: '{"from":0,"to":2}\n' });
    expect(await tables()).toBe(true);
    expect((await run("migrate")).stderr).toContain("up to date, version 2.");
  });

  it("has the schema that is named, in every command", async () => {
    const named = ["--schema", "other"];
    expect(await run("migrate", ...named)).toMatchObject({ code: 0 });
    expect((await run("enqueue", file("a.txt", "One."), ...named)).code).toBe(0);
    expect(JSON.parse((await run("status", "--json", ...named)).stdout)).toMatchObject({
      items: { ready: 1 },
    });
    expect((await run("worker", "--drain", "--provider", "local", ...named)).code).toBe(0);
    expect((await run("retry", ...named)).code).toBe(0);
    expect(await tables()).toBe(false);
    const variables = { DATABASE_URL: database.url, DATABASE_SCHEMA: "other" };
    expect((await program(["migrate"], { variables })).stderr).toContain("up to date");
    const odd = await run("status", "--schema", "No name");
    expect([odd.code, odd.stderr]).toEqual([2, expect.stringContaining("--schema: expected a letter")]);
    const beside = await program(["status", "--queue-path", join(folder, "queue"), ...named]);
    expect([beside.code, beside.stderr]).toEqual([
      2,
      expect.stringContaining("--schema goes with --database-url"),
    ]);
  });

  it.each([
    { pooling: "session", expected: [true, true] },
    // What a PgBouncer that shares connections by transaction cannot carry.
    { pooling: "transaction", expected: [false, false] },
  ])(
    "keeps statements prepared and listens by --pooling $pooling: $expected",
    async ({ pooling, expected }) => {
      const onCommandLine = await watchingProxy(database.url);
      const place = ["--pooling", pooling, "--database-url", onCommandLine.url];
      expect((await program(["enqueue", file("a.txt", "One."), ...place])).code).toBe(0);
      const isPrepared = /P(?:.{4})gro-[0-9a-f]{24}\0/su.test(onCommandLine.sent);
      await onCommandLine.close();

      const inVariables = await watchingProxy(database.url);
      const variables = { DATABASE_URL: inVariables.url, DATABASE_POOLING: pooling };
      const signals = new EventEmitter();
      const surroundings = environment({ variables, signals, clock: systemClock() });
      const worker = runProgram(["worker", "--provider", "local", "--poll-interval", "50"], surroundings);
      await using store = postgresStore(database.url);
      await vi.waitFor(async () => expect((await store.queue.stats()).ready).toBe(0), 20_000);
      signals.emit("SIGTERM");
      expect(await worker).toBe(143);
      const isListening = inVariables.sent.includes('LISTEN "gro_claimable"');
      await inVariables.close();
      expect([isPrepared, isListening]).toEqual(expected);
    },
  );

  it("is named with its schema and its pooling in the commands that are advised", () => {
    const place = { kind: "database", url: database.url, shownAs: "postgres://host/db" } as const;
    expect(flagOfPlace({ ...place, schema: "other", pooling: "transaction" })).toBe(
      "--database-url postgres://host/db --schema other --pooling transaction",
    );
    expect(flagOfPlace({ ...place, schema: undefined, pooling: "session" })).toBe(
      "--database-url postgres://host/db",
    );
  });

  it("refuses other poolings, and poolings of directories", async () => {
    const odd = await run("status", "--pooling", "statement");
    expect([odd.code, odd.stderr]).toEqual([
      2,
      expect.stringContaining("--pooling: expected session or transaction."),
    ]);
    const variables = { DATABASE_URL: database.url, DATABASE_POOLING: "odd" };
    expect((await program(["status"], { variables })).stderr).toContain("DATABASE_POOLING: expected session");
    const beside = ["status", "--queue-path", join(folder, "queue"), "--pooling", "transaction"];
    expect((await program(beside)).stderr).toContain("--pooling goes with --database-url");
  });

  it("may be reached by the folder of its socket, with no host in the URL", async () => {
    const { code, stderr } = await program(["status"], {
      variables: { DATABASE_URL: "postgres://user:h1dden-p4ssword@/db?host=/no/such/folder" },
    });
    expect(code).toBe(1);
    expect(stderr).toContain("nothing answers there (ENOENT)");
    expect(stderr).not.toContain("h1dden-p4ssword");
  });

  it("gives way to directories that are named, and refuses both as flags", async () => {
    const queue = join(folder, "queue");
    const beside = { DATABASE_URL: database.url, QUEUE_PATH: queue };
    const { stderr } = await program(["status"], { variables: beside });
    expect(stderr).toContain(`${queue}: nothing was ever queued here.`);
    const both = await program(["status", "--queue-path", queue, "--database-url", database.url]);
    expect(both).toMatchObject({ code: 2 });
    expect(both.stderr).toContain("--database-url stands in place of --queue-path and --pages-dir");
    const flag = await program(["status", "--database-url", database.url], {
      variables: { QUEUE_PATH: queue },
    });
    expect(flag.stderr).toContain("postgres://");
  });
});

describe("a database that cannot be used", () => {
  const secret = "h1dden-p4ssword";

  async function complaint(url: string, ...argv: readonly string[]): Promise<Ended> {
    const ended = await program([...argv, "--database-url", url]);
    expect(ended.stderr).not.toContain(secret);
    return ended;
  }

  function urlWith(change: (url: URL) => void): string {
    const url = new URL(database.url);
    url.password = secret;
    change(url);
    return url.href;
  }

  it.each(["", "nonsense", `mysql://user:${secret}@host/db`, `postgres//${secret}`])(
    "is refused as wrong usage: %j",
    async (url) => {
      const { code, stderr } = await complaint(url, "status");
      expect(code).toBe(2);
      expect(stderr).toContain("--database-url");
    },
  );

  it("says that the password was refused", async () => {
    const { code, stderr } = await complaint(
      urlWith(() => undefined),
      "migrate",
    );
    expect(code).toBe(1);
    expect(stderr).toMatch(/the password was refused \(28P01\)|the login was refused/u);
    expect(stderr).toContain("other users of this machine can see the password");
  });

  it("says that there is no such database", async () => {
    const url = new URL(database.url);
    url.pathname = "/no_such_database";
    const { code, stderr } = await complaint(url.href, "enqueue", file("a.txt", "One."));
    expect(code).toBe(1);
    expect(stderr).toContain("PostgreSQL: cannot open the store: there is no such database (3D000).");
  });

  it("says that nothing answers, and that there is no such host", async () => {
    const nobody = await complaint(
      urlWith((url) => (url.port = "1")),
      "worker",
      "--drain",
      "--provider",
      "local",
    );
    expect(nobody.code).toBe(1);
    expect(nobody.stderr).toContain("nothing answers there (ECONNREFUSED)");
    const nowhere = await complaint(
      urlWith((url) => (url.hostname = "no-such-host.invalid")),
      "status",
    );
    expect(nowhere.stderr).toMatch(/no host of this name \(ENOTFOUND\)|cannot be looked up/u);
  });
});
