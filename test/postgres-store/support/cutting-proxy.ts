import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { once } from "node:events";

/** Stands between a store and its server. */
export interface CuttingProxy {
  readonly port: number;
  /** How many connections it has cut so far. */
  readonly cuts: number;
  close(): Promise<void>;
}

/**
 * Passes bytes on, and cuts a connection now and then: in the middle of a statement that is under way to the server, or before its answer,
 * so that nobody knows whether it was done.
 *
 * @param targetPort where the server is
 * @param share of the pieces of traffic that are the last of their connection
 */
export async function cuttingProxy(
  targetPort: number,
  share: number,
  random: () => number,
): Promise<CuttingProxy> {
  let cuts = 0;
  const sockets = new Set<Socket>();
  const server: Server = createServer((client) => {
    const upstream = connect(targetPort, "127.0.0.1");
    const end = () => {
      client.destroy();
      upstream.destroy();
    };
    const cut = () => {
      cuts += 1;
      end();
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
      if (random() >= share) upstream.write(piece);
      else upstream.write(piece.subarray(0, piece.length >> 1), cut);
    });
    upstream.on("data", (piece: Buffer) => {
      if (random() >= share) client.write(piece);
      else cut();
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    port,
    get cuts() {
      return cuts;
    },
    async close() {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, "close");
    },
  };
}
