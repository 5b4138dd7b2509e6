import type { ServerResponse } from "node:http";
import { closed, cutConnection } from "./http-server.js";
import type { Fault } from "./faults.js";

/** Sends a body and resolves to whether it arrived whole. */
export async function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>>,
  fault?: Fault,
): Promise<boolean> {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const isWrongType = fault?.kind === "wrong-content-type";
  const contentType = isWrongType ? "text/html" : "application/json";
  const sent = fault?.kind === "malformed-json" ? text.replace(/:/u, ";") : text;
  const bytes = Buffer.from(isWrongType ? "<!doctype html><title>Welcome</title>" : sent);
  response.writeHead(status, { "content-type": contentType, "content-length": bytes.length, ...headers });
  if (fault?.kind === "cut-mid-body") {
    response.write(bytes.subarray(0, bytes.length >> 1), () => cutConnection(response));
    await closed(response);
    return false;
  }
  response.end(bytes);
  await closed(response);
  return response.writableFinished && fault?.kind !== "malformed-json" && !isWrongType;
}

/** Sends server-sent events, each in a packet of its own, and resolves to whether all of them arrived. */
export async function sendEvents(
  response: ServerResponse,
  events: readonly string[],
  headers: Readonly<Record<string, string>>,
  fault?: Fault,
): Promise<boolean> {
  const isWrongType = fault?.kind === "wrong-content-type";
  const contentType = isWrongType ? "text/html" : "text/event-stream; charset=utf-8";
  response.writeHead(200, { "content-type": contentType, ...headers });
  const last =
    fault?.kind === "torn-stream" || fault?.kind === "error-in-stream"
      ? fault.afterEvents
      : fault?.kind === "cut-mid-body"
        ? events.length >> 1
        : events.length;
  for (const [index, event] of events.slice(0, last).entries()) {
    if (fault?.kind === "slow-stream") await fault.beforeEvent(index);
    if (response.closed) return false;
    const isBroken = fault?.kind === "malformed-json" && index === events.length >> 1;
    const sent = isWrongType ? "<p>Welcome</p>\n" : isBroken ? event.replace("data: {", "data: {{") : event;
    await new Promise<void>((resolve) => response.write(sent, () => resolve()));
  }
  if (fault?.kind === "cut-mid-body" || (fault?.kind === "torn-stream" && fault.how === "reset")) {
    cutConnection(response);
  } else {
    response.end();
  }
  await closed(response);
  const isWhole = last === events.length && fault?.kind !== "malformed-json" && !isWrongType;
  return isWhole && response.writableFinished;
}
