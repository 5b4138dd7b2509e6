import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";

interface LockFile {
  readonly packages: Readonly<Record<string, { readonly resolved?: string; readonly link?: boolean }>>;
}

it("the lock file names packages by version and checksum, not by where one machine downloads them", async () => {
  const text = await readFile(new URL("../../package-lock.json", import.meta.url), "utf8");
  const { packages } = JSON.parse(text) as LockFile;
  const addresses = Object.values(packages).filter(
    ({ resolved, link }) => resolved !== undefined && link !== true,
  );
  expect(addresses).toEqual([]);
});
