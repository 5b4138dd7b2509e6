import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A request as it arrived. */
export interface ReceivedRequest {
  /** Counts from 1 in the order of arrival. */
  readonly number: number;
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface LoopbackServer {
  /** `http://127.0.0.1:<port>`, without a slash at its end. */
  readonly url: string;
  readonly received: readonly ReceivedRequest[];
  /** Requests whose client went away before the answer was complete. */
  readonly abandoned: readonly ReceivedRequest[];
  /** Resolves when no request is under way. */
  idle(): Promise<void>;
  close(): Promise<void>;
}

const cutByServer = new WeakSet<ServerResponse>();

/** Cuts the connection, as a server that crashes. */
export function cutConnection(response: ServerResponse): void {
  cutByServer.add(response);
  response.socket?.resetAndDestroy();
}

/** Resolves when the connection of an answer is closed, whoever closed it. */
export function closed(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    if (response.closed) resolve();
    else response.once("close", resolve);
  });
}

/** Starts a server on a free port of this machine, which nobody else can reach. */
export async function startServer(
  answer: (request: ReceivedRequest, response: ServerResponse) => Promise<void>,
): Promise<LoopbackServer> {
  const received: ReceivedRequest[] = [];
  const abandoned: ReceivedRequest[] = [];
  let underWay = 0;
  let waiting: (() => void)[] = [];
  let failure: Error | undefined;

  const server = createServer((incoming, response) => {
    underWay += 1;
    const chunks: Buffer[] = [];
    incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
    incoming.on("end", () => {
      const request = {
        number: received.length + 1,
        method: incoming.method ?? "",
        path: (incoming.url ?? "").replace(/\?.*$/su, ""),
        query: new URLSearchParams(/\?(.*)$/su.exec(incoming.url ?? "")?.[1] ?? ""),
        headers: incoming.headers,
        body: Buffer.concat(chunks).toString("utf8"),
      };
      received.push(request);
      response.once("close", () => {
        if (!response.writableFinished && !cutByServer.has(response)) abandoned.push(request);
      });
      answer(request, response).catch((error: unknown) => {
        // A mistake in the emulator itself: told when it is closed, so that no test passes over it.
        failure ??= new Error(`The emulator failed: ${String(error)}`, { cause: error });
        response.destroy();
      });
    });
    response.once("close", () => {
      underWay -= 1;
      if (underWay > 0) return;
      for (const wake of waiting) wake();
      waiting = [];
    });
  });
  // Long work in this process holds up timers: connections that a client may use again at any moment would be cut then.
  server.keepAliveTimeout = 0;
  server.requestTimeout = 0;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;

  return {
    url: `http://127.0.0.1:${port}`,
    received,
    abandoned,
    idle: () => new Promise((resolve) => (underWay === 0 ? resolve() : waiting.push(resolve))),
    async close() {
      const ended = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await ended;
      if (failure !== undefined) throw failure;
    },
  };
}
