import { afterEach, describe, expect, it } from "vitest";
import { onCalls, startOpenAI, type OpenAIEmulator, type OpenAIEmulatorOptions } from "./index.js";

let server: OpenAIEmulator;
afterEach(() => server.close());

interface Told {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  readonly text: string;
}

async function start(options: OpenAIEmulatorOptions = {}): Promise<void> {
  server = await startOpenAI(options);
}

async function ask(method: string, path: string, body?: object, key = server.key): Promise<Told> {
  const isForm = body instanceof FormData;
  const response = await fetch(`${server.url}/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${key}`, ...(isForm ? {} : { "content-type": "application/json" }) },
    ...(body === undefined ? {} : { body: isForm ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = response.headers.get("content-type") === "application/json";
  return { status: response.status, text, body: isJson ? (JSON.parse(text) as Told["body"]) : {} };
}

const messages = [{ role: "user", content: "Grüße,\u2028日本" }];
const one = (customId = "a", more: object = {}, body: object = {}) => ({
  ...{ custom_id: customId, method: "POST", url: "/v1/chat/completions" },
  ...{ body: { model: "gpt-4o-mini", max_completion_tokens: 20, messages, ...body }, ...more },
});

function upload(lines: readonly (object | string)[], purpose = "batch"): Promise<Told> {
  const text = lines.map((line) => (typeof line === "string" ? line : JSON.stringify(line))).join("\n");
  const form = new FormData();
  form.set("purpose", purpose);
  form.set("file", new Blob([text]), "batch.jsonl");
  return ask("POST", "/files", form);
}

const order = (fileId: unknown, more: object = {}) =>
  ask("POST", "/batches", {
    ...{ input_file_id: fileId, endpoint: "/v1/chat/completions", completion_window: "24h" },
    ...more,
  });

async function created(...lines: readonly (object | string)[]): Promise<string> {
  const { body } = await order((await upload(lines)).body["id"]);
  return String(body["id"]);
}

const batch = async (id: string) => (await ask("GET", `/batches/${id}`)).body;

async function linesOf(fileId: unknown): Promise<readonly object[]> {
  const { text } = await ask("GET", `/files/${String(fileId)}/content`);
  return text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as object);
}

describe("the emulated files and batches of OpenAI refuse what the real ones refuse", () => {
  it("a wrong key, another purpose, no file, a file that is too large", async () => {
    await start({ batches: { maxBytes: 400 } });
    expect(await ask("GET", "/files", undefined, "sk-wrong")).toMatchObject({ status: 401 });
    expect(await ask("GET", "/batches", undefined, "sk-wrong")).toMatchObject({ status: 401 });
    expect(await upload([one()], "fine-tune")).toMatchObject({ status: 400 });
    expect(await ask("POST", "/files", { purpose: "batch" })).toMatchObject({ status: 400 });
    expect(await upload([one("a", {}, { user: "x".repeat(400) })])).toMatchObject({ status: 413 });
    expect(await upload([one()])).toMatchObject({ status: 200, body: { object: "file", purpose: "batch" } });
  });

  it("batches of no file, another endpoint, another window, or metadata that is too long", async () => {
    await start();
    const fileId = (await upload([one()])).body["id"];
    expect(await order("file-none")).toMatchObject({ status: 400 });
    expect(await order(fileId, { endpoint: "/v1/embeddings" })).toMatchObject({ status: 400 });
    expect(await order(fileId, { completion_window: "7d" })).toMatchObject({ status: 400 });
    expect(await order(fileId, { metadata: { name: "x".repeat(513) } })).toMatchObject({ status: 400 });
    expect(await order(fileId, { metadata: { ["x".repeat(65)]: "" } })).toMatchObject({ status: 400 });
    const many = Object.fromEntries(Array.from({ length: 17 }, (_, index) => [`name ${index}`, ""]));
    expect(await order(fileId, { metadata: many })).toMatchObject({ status: 400 });
    expect(await order(fileId, { metadata: { name: "mine" } })).toMatchObject({
      ...{ status: 200, body: { status: "validating", metadata: { name: "mine" } } },
    });
    expect(server.batches.jobs).toHaveLength(1);
  });

  it.each<[string, readonly (object | string)[], string]>([
    ["a custom_id twice", [one("a"), one("a")], "duplicate_custom_id"],
    ["a line that is no JSON", [one("a"), "{"], "invalid_json_line"],
    ["a line without a body", [{ custom_id: "a" }], "missing_required_parameter"],
    ["a line for another address", [one("a", { url: "/v1/embeddings" })], "invalid_url"],
    ["two models", [one("a"), one("b", {}, { model: "gpt-4o" })], "mismatched_model"],
    ["an unknown model", [one("a", {}, { model: "gpt-9" })], "model_not_found"],
    ["an empty file", [], "empty_file"],
    ["too many requests", [one("a"), one("b"), one("c")], "too_many_requests_in_file"],
  ])("%s, once the batch is validated", async (_name, lines, code) => {
    await start({ batches: { maxRequests: 2 } });
    const id = await created(...lines);
    expect(await batch(id)).toMatchObject({ status: "validating" });
    server.batches.advance();
    expect(await batch(id)).toMatchObject({ status: "failed", errors: { data: [{ code }] } });
    server.batches.endAll();
    expect(server.billing.bills).toEqual([]);
  });

  it("more tokens than may wait, after the batch was created", async () => {
    await start({ batches: { queueLimit: 60 } });
    const first = await created(one("a"));
    server.batches.advance();
    const second = await created(one("b"));
    server.batches.advance(second);
    expect(await batch(second)).toMatchObject({ errors: { data: [{ code: "token_limit_exceeded" }] } });
    server.batches.endAll(first);
    const third = await created(one("c"));
    server.batches.advance(third);
    expect(await batch(third)).toMatchObject({ status: "in_progress" });
  });

  it("to cancel a batch that has ended", async () => {
    await start();
    const id = await created(one());
    server.batches.endAll();
    expect(await ask("POST", `/batches/${id}/cancel`)).toMatchObject({ status: 409 });
    expect(await ask("POST", "/batches/none/cancel")).toMatchObject({ status: 404 });
    expect(await ask("GET", "/files/none/content")).toMatchObject({ status: 404 });
  });
});

describe("a batch's life", () => {
  it("goes through its stages, counts as it goes, and has two files at its end", async () => {
    await start();
    const id = await created(one("a"), one("b", {}, { max_completion_tokens: 0 }));
    const seen: unknown[] = [];
    for (let stage = 0; stage < 4; stage += 1) {
      const { status, request_counts: counts } = await batch(id);
      seen.push([status, counts]);
      server.batches.advance();
    }
    const done = { total: 2, completed: 1, failed: 1 };
    expect(seen).toEqual([
      ["validating", { total: 0, completed: 0, failed: 0 }],
      ["in_progress", { total: 2, completed: 0, failed: 0 }],
      ["finalizing", done],
      ["completed", done],
    ]);
    const { output_file_id: output, error_file_id: errors } = await batch(id);
    expect(await linesOf(output)).toMatchObject([
      { custom_id: "a", error: null, response: { status_code: 200, body: { object: "chat.completion" } } },
    ]);
    expect(await linesOf(errors)).toMatchObject([
      { custom_id: "b", error: null, response: { status_code: 400, body: { error: {} } } },
    ]);
    expect(server.billing.bills).toMatchObject([{ batch: { id, customId: "a", priceShare: 0.5 } }]);
  });

  it("moves on by itself where nobody leads it, as for workers in other processes", async () => {
    await start({ batches: { endsAfterLooks: 3, doneAtLook: 1 } });
    const id = await created(one("a"), one("b"), one("c"));
    const states: unknown[] = [];
    for (let look = 0; look < 3; look += 1) states.push((await batch(id))["status"]);
    expect(states).toEqual(["validating", "in_progress", "completed"]);
  });

  it("that expires has what is done in one file, and the rest in the other", async () => {
    await start({ batches: { noFile: "" } });
    const id = await created(one("a"), one("b"));
    server.batches.process(id, 1);
    server.batches.expire(id);
    const { status, output_file_id: output, error_file_id: errors } = await batch(id);
    expect(status).toBe("expired");
    expect(await linesOf(output)).toMatchObject([{ custom_id: "a" }]);
    expect(await linesOf(errors)).toMatchObject([
      { custom_id: "b", response: null, error: { code: "batch_expired" } },
    ]);
  });

  it("that is cancelled has what is done, and no file of the rest", async () => {
    await start({ batches: { noFile: "" } });
    const id = await created(one("a"), one("b"));
    server.batches.process(id, 1);
    expect((await ask("POST", `/batches/${id}/cancel`)).body).toMatchObject({ status: "cancelling" });
    server.batches.advance();
    expect(await batch(id)).toMatchObject({
      ...{ status: "cancelled", error_file_id: "" },
      request_counts: { total: 2, completed: 1, failed: 0 },
    });
  });

  it("keeps what was uploaded as it was, whatever characters stand in it", async () => {
    await start();
    const text = JSON.stringify(one());
    const { body } = await upload([text]);
    expect((await ask("GET", `/files/${String(body["id"])}/content`)).text.trim()).toBe(text);
    expect(body["bytes"]).toBe(Buffer.byteLength(text));
    expect(await ask("DELETE", `/files/${String(body["id"])}`)).toMatchObject({ body: { deleted: true } });
    expect(server.files.all).toEqual([]);
  });
});

it("the list is newest first, in pages, with the metadata", async () => {
  await start();
  const fileId = (await upload([one()])).body["id"];
  const ids: string[] = [];
  for (const name of ["a", "b", "c"]) {
    ids.unshift(String((await order(fileId, { metadata: { name } })).body["id"]));
  }
  const first = await ask("GET", "/batches?limit=2");
  expect(first.body).toMatchObject({
    ...{ object: "list", has_more: true, last_id: ids[1] },
    data: [
      { id: ids[0], metadata: { name: "c" } },
      { id: ids[1], metadata: { name: "b" } },
    ],
  });
  const second = await ask("GET", `/batches?limit=2&after=${ids[1] ?? ""}`);
  expect(second.body).toMatchObject({ has_more: false, data: [{ id: ids[2] }] });
  expect(await ask("GET", "/batches?limit=101")).toMatchObject({ status: 400 });
});

it("a lost answer leaves the batch behind, or the file", async () => {
  await start({ cue: onCalls("POST", /./u, { kind: "lost-after-effect", how: 500 }) });
  expect(await upload([one()])).toMatchObject({ status: 500 });
  const [file] = server.files.all;
  expect(await order(file?.id)).toMatchObject({ status: 500 });
  expect(server.batches.jobs).toHaveLength(1);
});
