import { number, text } from "../connection/row.js";
import { query } from "../connection/run.js";
import { notDurable, tooOld, wrongEncoding } from "../errors/store-errors.js";
import type { PostgresClient } from "../ports/postgres-pool.js";

const LEAST_SERVER_VERSION = 130_000;

/** Whether the tables can be made here, and hold every text. @throws StoreError */
export async function checkServer(client: PostgresClient): Promise<void> {
  const [server] = await query(client, {
    text:
      "SELECT current_setting('server_version_num') AS number, current_setting('server_version') AS version, " +
      "current_setting('server_encoding') AS encoding",
  });
  if (server === undefined) return;
  if (number(server, "number") < LEAST_SERVER_VERSION) throw tooOld(text(server, "version"));
  const encoding = text(server, "encoding");
  if (encoding !== "UTF8") throw wrongEncoding(encoding);
}

/** Whether what is acknowledged to this user survives a crash. @throws StoreError */
export async function checkCommits(client: PostgresClient): Promise<void> {
  const [user] = await query(client, { text: "SELECT current_setting('synchronous_commit') AS setting" });
  if (user === undefined) return;
  const setting = text(user, "setting");
  if (setting === "off") throw notDurable(setting);
}
