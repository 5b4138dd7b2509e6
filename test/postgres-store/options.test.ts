import {
  migrate,
  postgresStore,
  type PostgresPool,
  type PostgresPoolClient,
  type PostgresStoreOptions,
} from "@gro/postgres-store";
import { memoryStore } from "@gro/queue";
import pg from "pg";
import { describe, expect, it } from "vitest";

/** Nothing is asked of it: what is wrong is told before. */
const pool: PostgresPool = {
  connect: () => Promise.reject(new Error("not asked for")),
  query: () => Promise.reject(new Error("not asked for")),
};

/** From JavaScript, where nothing checks types. */
const open = (options: unknown) => postgresStore(pool, options as PostgresStoreOptions);

function refusal(option: string, message: string) {
  return expect.objectContaining({
    code: "invalid_option",
    option,
    message: `Invalid option ${option}: ${message}.`,
  }) as Error;
}

describe("an option that is none", () => {
  it.each([
    [{ pages: null }, "got null, expected an object with read() and save() and writeSummary()"],
    [
      { pages: { read: () => undefined } },
      "got an object, expected an object with read() and save() and writeSummary()",
    ],
    [{ clock: 5 }, "got 5, expected an object with now()"],
    [{ clock: null }, "got null, expected an object with now()"],
    [{ randomId: "x" }, 'got "x", expected a function'],
    [{ listen: "no" }, 'got "no", expected true or false'],
    [{ migrate: 0 }, "got 0, expected true or false"],
    [{ preparedStatements: null }, "got null, expected true or false"],
    [{ schema: null }, "got null, expected a letter or _, then up to 40 of a-z, 0-9 and _"],
  ])("is refused before anything is done, with its name and what is allowed: %j", (options, message) => {
    const [option = ""] = Object.keys(options);
    expect(() => open(options)).toThrow(refusal(option, message));
  });

  it.each([null, 5, "gro"])("is refused, too, in the place of all: %j", async (options) => {
    const message = `got ${JSON.stringify(options)}, expected an object, or nothing`;
    expect(() => open(options)).toThrow(refusal("options", message));
    await expect(migrate(pool, options as PostgresStoreOptions)).rejects.toEqual(refusal("options", message));
  });

  it("is none of those that may be left out", () => {
    const nothing = { pages: undefined, clock: undefined, randomId: undefined, schema: undefined };
    expect(() => open(nothing)).not.toThrow();
    expect(() => open(undefined)).not.toThrow();
    expect(() => open({ pages: memoryStore().pages, clock: Date, randomId: () => "id" })).not.toThrow();
  });
});

describe("a transaction of the caller's", () => {
  it.each([
    ["undefined", undefined],
    ["null", null],
    ["a text", "client"],
    ["an object without query()", {}],
    ["a pool of pg", new pg.Pool()],
    ["a pool by its shape", pool],
  ])("is not taken over %s", async (_name, client) => {
    const isRefused = expect.objectContaining({
      code: "invalid_option",
      option: "client",
      message: expect.stringContaining(
        "expected the client that the transaction was begun on, such as `await pool.connect()` gives, and no pool",
      ) as string,
    }) as Error;
    const given = client as PostgresPoolClient;
    await using store = open({});
    expect(() => store.inTransaction(given)).toThrow(isRefused);
    await using other = open({ pages: memoryStore().pages });
    expect(() => other.inTransaction(given)).toThrow(isRefused);
    if (client !== undefined) {
      await expect(store.queue.enqueue([], { client: given })).rejects.toEqual(isRefused);
    }
  });

  it.each([
    ["a client of pg", new pg.Client()],
    ["what has query()", { query: pool.query }],
    ["a client of a pool by its shape", { ...pool, release: () => undefined }],
  ])("is taken over %s", async (_name, client) => {
    await using store = open({});
    expect(() => store.inTransaction(client)).not.toThrow();
  });
});
