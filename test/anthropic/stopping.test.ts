import { afterEach, describe, expect, it } from "vitest";
import { anthropic } from "@gro/anthropic";
import { always, startAnthropic, type AnthropicEmulator, type Fault } from "../emulators/index.js";
import { question, rejection, WAYS } from "../emulators/question.js";

let server: AnthropicEmulator;
afterEach(() => server.close());

async function modelWith(fault: Fault) {
  server = await startAnthropic({ cue: always(fault) });
  return anthropic("claude-haiku-4-5", { apiKey: server.key, baseURL: server.url });
}

/** Resolves when the server has the first request. */
async function arrived(): Promise<void> {
  while (server.received.length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
}

describe.each(WAYS)("%s, when the caller stops it", (_way, ask) => {
  it("rejects with the signal's own reason and closes the connection", async () => {
    const model = await modelWith({ kind: "hang" });
    const controller = new AbortController();
    const asked = rejection(ask(model, question({ signal: controller.signal })));
    await arrived();
    const reason = { the: "caller's own reason" };
    controller.abort(reason);
    expect(await asked).toBe(reason);
    await server.idle();
    expect(server.abandoned).toHaveLength(1);
  });

  it("asks nothing when it was stopped before", async () => {
    const model = await modelWith({ kind: "hang" });
    const reason = new Error("Too late");
    expect(await rejection(ask(model, question({ signal: AbortSignal.abort(reason) })))).toBe(reason);
    expect(server.received).toHaveLength(0);
  });
});

/** A stream of which the server sends the next event only when it is told to. */
async function haltingStream(signal?: AbortSignal) {
  let letGo: () => void = () => undefined;
  const halted = new Promise<void>((resolve) => (letGo = resolve));
  const beforeEvent = (index: number) => (index < 6 ? Promise.resolve() : halted);
  const model = await modelWith({ kind: "slow-stream", beforeEvent });
  const parts = model.stream(question(signal === undefined ? {} : { signal }))[Symbol.asyncIterator]();
  return { parts, letGo };
}

describe("a stream under way", () => {
  it("gives every text as soon as it is there", async () => {
    const { parts, letGo } = await haltingStream();
    expect(await parts.next()).toMatchObject({ value: { kind: "text" } });
    expect(server.billing.bills).toEqual([]);
    letGo();
    const rest = [];
    for (let part = await parts.next(); part.done !== true; part = await parts.next())
      rest.push(part.value.kind);
    expect(rest.at(-1)).toBe("completion");
  });

  it("closes the connection when its consumer has heard enough", async () => {
    const { parts, letGo } = await haltingStream();
    await parts.next();
    await parts.return?.();
    letGo();
    await server.idle();
    expect(server.abandoned).toHaveLength(1);
    expect(server.billing.bills).toEqual([]);
  });

  it("ends with the signal's reason, not as a short answer, when it is stopped", async () => {
    const controller = new AbortController();
    const { parts, letGo } = await haltingStream(controller.signal);
    await parts.next();
    const drain = async () => {
      while ((await parts.next()).done !== true);
    };
    const drained = rejection(drain());
    const reason = new Error("The reader has gone home");
    controller.abort(reason);
    expect(await drained).toBe(reason);
    letGo();
    await server.idle();
    expect(server.abandoned).toHaveLength(1);
  });
});
