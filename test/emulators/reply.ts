import type { ServerResponse } from "node:http";
import type { Fault } from "./faults.js";
import { closed, cutConnection } from "./http-server.js";
import { sendJson } from "./send.js";

/** What an API answers once it has done what was asked: JSON, or the lines of a file. */
export type Reply =
  | { readonly kind: "json"; readonly body: object }
  | { readonly kind: "lines"; readonly lines: readonly string[] };

export function json(body: object): Reply {
  return { kind: "json", body };
}

/** What stands for an answer that is lost after the server has done its work. */
export interface LostAnswer {
  readonly status: number;
  readonly body: object;
}

/** Sends a reply, as far as the fault lets it. `errorOf` is what the API says with a status. */
export async function sendReply(
  response: ServerResponse,
  reply: Reply,
  headers: Readonly<Record<string, string>>,
  fault: Fault | undefined,
  errorOf: (status: number) => object,
): Promise<void> {
  if (fault?.kind === "lost-after-effect") {
    await lose(response, fault.how, headers, errorOf);
  } else if (reply.kind === "json") {
    await sendJson(response, 200, reply.body, headers, fault);
  } else {
    await sendLines(response, reply.lines, headers, fault);
  }
}

async function lose(
  response: ServerResponse,
  how: "cut" | "hang" | number,
  headers: Readonly<Record<string, string>>,
  errorOf: (status: number) => object,
): Promise<void> {
  if (how === "cut") cutConnection(response);
  else if (how === "hang") await closed(response);
  else await sendJson(response, how, errorOf(how), headers);
}

function write(response: ServerResponse, piece: string | Buffer): Promise<void> {
  return new Promise((resolve) => {
    if (response.closed) resolve();
    else response.write(piece, () => resolve());
  });
}

/** Lines are written in packets of about this many characters. */
const PACKET = 65_536;

function packetsOf(text: string, fault: Fault | undefined): Buffer[] {
  const bytes = Buffer.from(text);
  const size = fault?.kind === "sliced-results" ? fault.bytes : PACKET;
  const packets: Buffer[] = [];
  for (let start = 0; start < bytes.length; start += size) packets.push(bytes.subarray(start, start + size));
  return packets;
}

function textOf(lines: readonly string[], fault: Fault | undefined): string {
  const text = lines.map((line) => `${line}\n`).join("");
  if (fault?.kind === "edited-results") return fault.edit(text);
  if (fault?.kind !== "short-results") return text;
  const whole = lines.slice(0, fault.afterLines).map((line) => `${line}\n`);
  const next = lines[fault.afterLines] ?? "";
  return whole.join("") + (fault.how === "mid-line" ? next.slice(0, next.length >> 1) : "");
}

/** Sends lines as the APIs send results: as they come, without their length. */
async function sendLines(
  response: ServerResponse,
  lines: readonly string[],
  headers: Readonly<Record<string, string>>,
  fault: Fault | undefined,
): Promise<void> {
  const isWrongType = fault?.kind === "wrong-content-type";
  const contentType = isWrongType ? "text/html" : "application/binary";
  response.writeHead(200, { "content-type": contentType, ...headers });
  const text = isWrongType ? "<!doctype html><title>Welcome</title>" : textOf(lines, fault);
  const packets = packetsOf(text, fault);
  const isCut = fault?.kind === "cut-mid-body";
  for (const packet of isCut ? packets.slice(0, Math.ceil(packets.length / 2)) : packets) {
    if (response.closed) return;
    await write(response, packet);
  }
  if (isCut || (fault?.kind === "short-results" && fault.how === "reset")) cutConnection(response);
  else if (fault?.kind !== "short-results" || fault.how !== "stall") response.end();
  await closed(response);
}
