import type { TestProject } from "vitest/node";
import { hasBinaries } from "./support/binaries.js";
import { startServer } from "./support/server.js";

/** One server of the oldest version that the store works with, for the same tests again. */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const isThere = hasBinaries("oldest");
  if (!isThere)
    console.warn("npm brings no PostgreSQL 13 for this machine: the tests run on the newest one.");
  const server = await startServer({ version: isThere ? "oldest" : "newest" });
  project.provide("databaseUrl", server.url);
  return () => server.dispose();
}
