import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { PROMETHEUS_CONTENT_TYPE, type WorkerHealth } from "@gro/metrics";
import { codeOf, reasonOf } from "./reason-of.js";

/** Where a server listens. */
export interface ListenAt {
  readonly host: string;
  /** From 0 to 65535; 0 takes any that is free. */
  readonly port: number;
}

/** What is answered. */
export interface MetricsPages {
  metrics(): Promise<string>;
  health(): WorkerHealth;
}

/** A port that is listened on. */
export interface MetricsServer {
  /** For example `http://127.0.0.1:9464`. */
  readonly url: string;
  /** Lets go of the port, also where somebody reads. */
  close(): Promise<void>;
}

const WHY_NOT: Readonly<Record<string, string>> = {
  EADDRINUSE: "another program listens there. Take another port, or 0 for any that is free",
  EACCES: "this user may not listen there. Take a port from 1024 on",
  EADDRNOTAVAIL: "this machine has no such address",
  ENOTFOUND: "there is no such address",
};

const PLAIN_TEXT = "text/plain; charset=utf-8";

interface Reply {
  readonly status: number;
  readonly type: string;
  readonly text: string;
}

function plain(status: number, text: string): Reply {
  return { status, type: PLAIN_TEXT, text: `${text}\n` };
}

async function replyTo({ method, url = "" }: IncomingMessage, pages: MetricsPages): Promise<Reply> {
  if (method !== "GET" && method !== "HEAD") return plain(405, "Only GET and HEAD.");
  switch (url.replace(/\?.*$/su, "")) {
    case "/metrics":
      return { status: 200, type: PROMETHEUS_CONTENT_TYPE, text: await pages.metrics() };
    case "/healthz": {
      const { isAlive, silentMs } = pages.health();
      if (isAlive) return plain(200, "ok");
      return plain(503, `the worker has shown no sign of life for ${Math.round(silentMs / 1_000)} s`);
    }
    default:
      return plain(404, "There are /metrics and /healthz.");
  }
}

async function respond(request: IncomingMessage, response: ServerResponse, pages: MetricsPages) {
  const { status, type, text } = await replyTo(request, pages).catch(() =>
    plain(500, "The metrics cannot be told."),
  );
  response.writeHead(status, {
    "content-type": type,
    "cache-control": "no-store",
    ...(status === 405 && { allow: "GET, HEAD" }),
  });
  response.end(text);
}

function listening(server: Server, { host, port }: ListenAt): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host, port, exclusive: true }, () => {
      server.off("error", reject);
      // What happens to a single connection is no trouble of the worker's.
      server.on("error", () => undefined);
      resolve();
    });
  });
}

function urlOf(server: Server): string {
  const address = server.address();
  if (address === null || typeof address === "string") return String(address);
  const host = address.family === "IPv6" ? `[${address.address}]` : address.address;
  return `http://${host}:${address.port}`;
}

/**
 * Answers `/metrics` and `/healthz` until it is closed.
 * @throws Error that names address and reason when nobody can listen there, for example because another program does.
 */
export async function startMetricsServer(at: ListenAt, pages: MetricsPages): Promise<MetricsServer> {
  const server = createServer((request, response) => {
    void respond(request, response, pages);
  });
  try {
    await listening(server, at);
  } catch (error) {
    const known = WHY_NOT[codeOf(error) ?? ""];
    const message = `No metrics at port ${at.port} of ${at.host}: ${known ?? reasonOf(error)}.`;
    // Where all is said, the system's own words would only be the last ones, and those are what a program's log keeps of a worker.
    throw new Error(message, known === undefined ? { cause: error } : {});
  }
  return {
    url: urlOf(server),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
