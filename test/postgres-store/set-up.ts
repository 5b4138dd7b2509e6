import type { TestProject } from "vitest/node";
import { startServer } from "./support/server.js";

declare module "vitest" {
  interface ProvidedContext {
    /** A database in which tests may make schemas. */
    readonly databaseUrl: string;
  }
}

/** One server for all tests of the store: that of `DATABASE_URL`, or one that npm has brought. */
export default async function setUp(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const given = process.env["DATABASE_URL"];
  if (given !== undefined && given !== "") {
    project.provide("databaseUrl", given);
    return undefined;
  }
  const server = await startServer();
  project.provide("databaseUrl", server.url);
  return () => server.dispose();
}
