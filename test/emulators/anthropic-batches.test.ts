import { afterEach, describe, expect, it } from "vitest";
import {
  firstOf,
  onCalls,
  startAnthropic,
  type AnthropicEmulator,
  type AnthropicEmulatorOptions,
} from "./index.js";

let server: AnthropicEmulator;
afterEach(() => server.close());

interface Told {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  readonly text: string;
}

async function start(options: AnthropicEmulatorOptions = {}): Promise<void> {
  server = await startAnthropic(options);
}

async function ask(
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Told> {
  const response = await fetch(`${server.url}/v1/messages/batches${path}`, {
    method,
    headers: {
      ...{ authorization: `Bearer ${server.key}`, "anthropic-version": "2026-10-21" },
      ...{ "content-type": "application/json", ...headers },
    },
    ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = response.headers.get("content-type") === "application/json";
  return { status: response.status, text, body: isJson ? (JSON.parse(text) as Told["body"]) : {} };
}

const params = { model: "claude-haiku-4-5", max_tokens: 20, messages: [{ role: "user", content: "Hello" }] };
const one = (customId = "a", more: object = {}) => ({ custom_id: customId, params: { ...params, ...more } });
const create = (...requests: object[]) => ask("POST", "", { requests });

async function created(...requests: object[]): Promise<string> {
  return String((await create(...requests)).body["id"]);
}

async function lines(id: string): Promise<readonly object[]> {
  const { text } = await ask("GET", `/${id}/results`);
  return text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as object);
}

describe("the emulated batches of Anthropic refuse what the real ones refuse", () => {
  it.each<[string, unknown, number, string]>([
    ["no JSON", "{", 400, "invalid_request_error"],
    ["no requests", {}, 400, "invalid_request_error"],
    ["an empty batch", { requests: [] }, 400, "invalid_request_error"],
    [
      "a field that it does not know, such as metadata",
      { requests: [one()], metadata: {} },
      400,
      "invalid_request_error",
    ],
    ["a custom_id twice", { requests: [one(), one()] }, 400, "invalid_request_error"],
    ["a custom_id with a dot", { requests: [one("a.b")] }, 400, "invalid_request_error"],
    ["a custom_id that is too long", { requests: [one("a".repeat(65))] }, 400, "invalid_request_error"],
    ["a request without params", { requests: [{ custom_id: "a" }] }, 400, "invalid_request_error"],
    ["too many requests", { requests: [one("a"), one("b"), one("c"), one("d")] }, 413, "request_too_large"],
    ["too many bytes", { requests: [one("a", { system: "x".repeat(2_000) })] }, 413, "request_too_large"],
  ])("%s", async (_name, body, status, type) => {
    await start({ batches: { maxRequests: 3, maxBytes: 2_000 } });
    expect(await ask("POST", "", body)).toMatchObject({ status, body: { error: { type } } });
    expect(server.batches.jobs).toEqual([]);
  });

  it("a wrong key, a missing version, and what is not there", async () => {
    await start();
    expect(await ask("POST", "", { requests: [one()] }, { authorization: "Bearer no" })).toMatchObject({
      status: 401,
    });
    expect(await ask("GET", "", undefined, { "anthropic-version": "" })).toMatchObject({ status: 400 });
    for (const [method, path] of [
      ["GET", "/no"],
      ["POST", "/no/cancel"],
      ["GET", "/no/results"],
      ["DELETE", "/no"],
    ] as const) {
      expect(await ask(method, path)).toMatchObject({
        status: 404,
        body: { error: { type: "not_found_error" } },
      });
    }
  });

  it.each<[string, object, string]>([
    ["a stream", { stream: true }, "invalid_request_error"],
    ["no limit", { max_tokens: 0 }, "invalid_request_error"],
    ["a temperature, in the newest version", { temperature: 1 }, "invalid_request_error"],
    ["an unknown model", { model: "claude-9" }, "not_found_error"],
  ])("%s, but only when the request's turn comes", async (_name, more, type) => {
    await start();
    const id = await created(one("good"), one("bad", more));
    server.batches.endAll();
    const bad = (await lines(id)).find((line) => "custom_id" in line && line.custom_id === "bad");
    expect(bad).toMatchObject({ result: { type: "errored", error: { type: "error", error: { type } } } });
    expect(server.billing.inBatches.map(({ batch }) => batch.customId)).toEqual(["good"]);
  });

  it("more requests than may wait", async () => {
    await start({ batches: { queueLimit: 2 } });
    const id = await created(one("a"), one("b"));
    expect(await create(one("c"))).toMatchObject({
      status: 429,
      body: { error: { type: "rate_limit_error" } },
    });
    server.batches.endAll(id);
    expect(await create(one("c"))).toMatchObject({ status: 200 });
  });

  it("to delete a batch that has not ended, or to cancel one that has", async () => {
    await start();
    const id = await created(one());
    expect(await ask("DELETE", `/${id}`)).toMatchObject({ status: 400 });
    expect(await ask("GET", `/${id}/results`)).toMatchObject({ status: 404 });
    server.batches.endAll();
    expect(await ask("POST", `/${id}/cancel`)).toMatchObject({ status: 400 });
    expect(await ask("DELETE", `/${id}`)).toMatchObject({
      status: 200,
      body: { type: "message_batch_deleted" },
    });
    expect(await ask("GET", `/${id}`)).toMatchObject({ status: 404 });
  });
});

describe("a batch's life", () => {
  it("shows no counts but processing before it has ended, and nothing is done before", async () => {
    await start();
    const { body } = await create(one("a"), one("b"));
    const counts = { processing: 2, succeeded: 0, errored: 0, canceled: 0, expired: 0 };
    expect(body).toMatchObject({
      ...{ type: "message_batch", processing_status: "in_progress", request_counts: counts },
      ...{ ended_at: null, results_url: null, cancel_initiated_at: null, archived_at: null },
    });
    expect(server.billing.bills).toEqual([]);
    const id = String(body["id"]);
    server.batches.process(id, 1);
    expect(server.billing.bills).toHaveLength(1);
    expect((await ask("GET", `/${id}`)).body["request_counts"]).toEqual(counts);
    server.batches.endAll();
    expect((await ask("GET", `/${id}`)).body).toMatchObject({
      ...{ processing_status: "ended", request_counts: { ...counts, processing: 0, succeeded: 2 } },
      results_url: `${server.url}/v1/messages/batches/${id}/results`,
    });
    expect(server.billing.bills).toMatchObject([
      { batch: { id, customId: "a", priceShare: 0.5 } },
      { batch: { id, customId: "b", priceShare: 0.5 } },
    ]);
  });

  it("moves on by itself where nobody leads it, as for workers in other processes", async () => {
    await start({ batches: { endsAfterLooks: 3, doneAtLook: 1 } });
    const id = await created(one("a"), one("b"), one("c"));
    const states: unknown[] = [];
    const done: number[] = [];
    for (let look = 0; look < 3; look += 1) {
      states.push((await ask("GET", `/${id}`)).body["processing_status"]);
      done.push(server.billing.bills.length);
    }
    expect(states).toEqual(["in_progress", "in_progress", "ended"]);
    expect(done).toEqual([0, 1, 3]);
  });

  it("ends in time with what is done, and keeps results for a while", async () => {
    let now = Date.UTC(2026, 10, 20);
    await start({ batches: { now: () => now } });
    const id = await created(one("a"), one("b"));
    server.batches.process(id, 1);
    now += 24 * 3_600_000;
    expect((await ask("GET", `/${id}`)).body).toMatchObject({
      ...{ processing_status: "ended", request_counts: { succeeded: 1, expired: 1 } },
    });
    now += 29 * 24 * 3_600_000;
    expect((await ask("GET", `/${id}`)).body).toMatchObject({
      results_url: null,
      archived_at: expect.any(String) as string,
    });
    expect(await ask("GET", `/${id}/results`)).toMatchObject({ status: 404 });
  });

  it("that is canceled goes through canceling, and keeps what is done", async () => {
    await start();
    const id = await created(one("a"), one("b"));
    server.batches.process(id, 1);
    expect((await ask("POST", `/${id}/cancel`)).body).toMatchObject({ processing_status: "canceling" });
    server.batches.advance();
    expect(await lines(id)).toEqual([
      { custom_id: "b", result: { type: "canceled" } },
      { custom_id: "a", result: expect.objectContaining({ type: "succeeded" }) as object },
    ]);
    expect(server.billing.bills).toHaveLength(1);
  });

  it("out of credit fails request by request until it is refilled", async () => {
    await start();
    const id = await created(one("a"), one("b"));
    server.credit.set(1);
    server.batches.endAll();
    const [second, first] = await lines(id);
    expect(first).toMatchObject({ result: { type: "succeeded" } });
    expect(second).toMatchObject({ result: { error: { error: { type: "invalid_request_error" } } } });
    expect(await create(one("c"))).toMatchObject({ status: 400 });
    server.credit.refill();
    expect(await create(one("c"))).toMatchObject({ status: 200 });
  });
});

describe("the list", () => {
  it("is newest first, in pages, in both directions", async () => {
    await start();
    const ids: string[] = [];
    for (const name of ["a", "b", "c", "d", "e"]) ids.unshift(await created(one(name)));
    const page = async (query: string) => {
      const { body } = await ask("GET", `?${query}`);
      const data = body["data"] as readonly { readonly id: string }[];
      return { ids: data.map(({ id }) => id), hasMore: body["has_more"], last: body["last_id"] };
    };
    expect(await page("")).toEqual({ ids, hasMore: false, last: ids[4] });
    expect(await page("limit=2")).toEqual({ ids: ids.slice(0, 2), hasMore: true, last: ids[1] });
    expect(await page(`limit=2&after_id=${ids[1] ?? ""}`)).toMatchObject({
      ids: ids.slice(2, 4),
      hasMore: true,
    });
    expect(await page(`limit=2&after_id=${ids[3] ?? ""}`)).toMatchObject({
      ids: ids.slice(4),
      hasMore: false,
    });
    expect(await page(`limit=2&before_id=${ids[3] ?? ""}`)).toMatchObject({
      ids: ids.slice(1, 3),
      hasMore: true,
    });
    server.batches.vanish(ids[0] ?? "");
    expect((await page("")).ids).toEqual(ids.slice(1));
    for (const limit of ["0", "1001", "x"])
      expect(await ask("GET", `?limit=${limit}`)).toMatchObject({ status: 400 });
  });
});

describe("faults after the effect", () => {
  it("cut the answer off, answer with an error, or never answer, and the batch exists", async () => {
    await start({
      cue: firstOf(
        onCalls("POST", /batches$/u, { kind: "lost-after-effect", how: "cut" }, 1),
        onCalls("POST", /batches$/u, { kind: "lost-after-effect", how: 529 }, 1),
      ),
    });
    await expect(create(one())).rejects.toThrow();
    expect(await create(one())).toMatchObject({ status: 529, body: { error: { type: "overloaded_error" } } });
    expect(await create(one())).toMatchObject({ status: 200 });
    expect(server.batches.jobs).toHaveLength(3);
    server.batches.endAll();
    // The same question three times, and the same custom_id.
    expect(server.billing.billedTwice).toHaveLength(1);
    expect(server.billing.customIdsBilledTwice).toEqual(["a"]);
  });
});
