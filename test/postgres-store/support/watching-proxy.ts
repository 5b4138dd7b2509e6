import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { once } from "node:events";

/** Stands between a store and its server, and sees what is sent. */
export interface WatchingProxy {
  /** The server's URL, by way of the proxy. */
  readonly url: string;
  /** Everything that was sent to the server so far, a character a byte. */
  readonly sent: string;
  /** From now on nothing goes through in either direction, and no connection is closed: so does a network that drops every packet. */
  fallSilent(): void;
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** @param serverUrl of a server that asks for no encryption */
export async function watchingProxy(serverUrl: string): Promise<WatchingProxy> {
  const target = new URL(serverUrl);
  const sockets = new Set<Socket>();
  let sent = "";
  let isSilent = false;
  const server = createServer((client) => {
    const upstream = connect(Number(target.port), target.hostname);
    const end = () => {
      client.destroy();
      upstream.destroy();
    };
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on("error", end);
      socket.on("close", () => {
        sockets.delete(socket);
        end();
      });
    }
    client.on("data", (piece: Buffer) => {
      sent += piece.toString("latin1");
      if (!isSilent) upstream.write(piece);
    });
    upstream.on("data", (piece: Buffer) => {
      if (!isSilent) client.write(piece);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = new URL(serverUrl);
  url.hostname = "127.0.0.1";
  url.port = String((server.address() as AddressInfo).port);
  async function close(): Promise<void> {
    server.close();
    for (const socket of sockets) socket.destroy();
    await once(server, "close");
  }
  return {
    url: url.href,
    get sent() {
      return sent;
    },
    fallSilent() {
      isSilent = true;
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}
