import { cp, mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { install, pack, root, temporaryFolder, type Tarball } from "./tarball.js";

declare module "vitest" {
  interface ProvidedContext {
    readonly tarballs: readonly Tarball[];
    /** A project outside of the repository that has installed the tarballs, with the files of `consumer/`. */
    readonly consumerFolder: string;
  }
}

/** Packs and installs once for all tests of the packages. */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const folder = await temporaryFolder();
  const consumerFolder = join(folder, "consumer");
  await mkdir(consumerFolder);
  const tarballs = await pack(folder);
  await install(consumerFolder, tarballs);
  await cp(join(root, "test/packages/consumer"), consumerFolder, { recursive: true });
  project.provide("tarballs", tarballs);
  project.provide("consumerFolder", consumerFolder);
  return () => rm(folder, { recursive: true, force: true });
}
