import { fileStore, type FileStore } from "@gro/file-store";
import { contentHash, StoreError } from "@gro/queue";
import { expect } from "vitest";
import { linesIn } from "./lines.js";
import type { SimulatedDisk } from "./simulated-disk.js";

export const open = (disk: SimulatedDisk, segmentBytes?: number) =>
  fileStore("/store", { fileSystem: disk.fileSystem, segmentBytes });

export const item = (pageId: string) => ({ pageId, contentHash: contentHash(pageId) });

export async function pagesOf(store: FileStore): Promise<string[]> {
  const claims = await store.queue.claim({ limit: 1_000, leaseMs: 1 });
  return claims.map((claim) => claim.item.pageId);
}

export async function errorOf(promise: Promise<unknown>): Promise<StoreError | undefined> {
  try {
    await promise;
    return undefined;
  } catch (error) {
    if (StoreError.isInstance(error)) return error;
    throw error;
  }
}

export interface Line {
  /** From the first byte to behind the last. */
  readonly start: number;
  readonly end: number;
  readonly fields: Readonly<Record<string, unknown>>;
}

export function linesOf(bytes: Buffer): Line[] {
  return linesIn(bytes).map(({ start, end }) => {
    return { start, end, fields: JSON.parse(bytes.toString("utf8", start, end)) as Line["fields"] };
  });
}

/** The lines that a line behind them says its writer had read. What stands behind the first seal is not read, and vouches for nothing. */
export function vouchedFor(lines: readonly Line[]): Line[] {
  const seal = lines.find(({ fields }) => fields["do"] === "seal") ?? lines.at(-1);
  const counted = lines.filter(({ start }) => start <= (seal?.start ?? 0));
  return counted.filter(({ end }) => counted.some(({ fields }) => Number(fields["read"] ?? 0) >= end));
}

const HARMS = {
  "cut out": () => Buffer.alloc(0),
  "overwritten with newlines": (bytes: Buffer) => Buffer.alloc(bytes.length, 0x0a),
  "overwritten with zeros": (bytes: Buffer) => Buffer.alloc(bytes.length),
  "overwritten with spaces": (bytes: Buffer) => Buffer.alloc(bytes.length, 0x20),
  "left without its end": (bytes: Buffer) => bytes.subarray(0, bytes.length - 7),
} as const;

type Harm = keyof typeof HARMS;
export const everyHarm = Object.keys(HARMS) as Harm[];

export function harmed(disk: SimulatedDisk, path: string, { start, end }: Line, harm: Harm): SimulatedDisk {
  const copy = disk.clone();
  const file = copy.file(path);
  file.splice(start - 1, end, HARMS[harm](Buffer.from(file.bytes.subarray(start - 1, end))));
  return copy;
}

export async function expectNoticed(
  disk: SimulatedDisk,
  path: string,
  line: Line,
  harm: Harm,
): Promise<void> {
  const what = `the line at byte ${line.start}, ${harm}`;
  const error = await errorOf(open(harmed(disk, path, line, harm)).queue.stats());
  expect(error, what).toMatchObject({ code: "store_corrupt", context: { file: path } });
  expect(error?.context["offset"], what).toBeLessThanOrEqual(line.end);
  expect(error?.message, what).toContain(`${path} is damaged at byte ${error?.context["offset"]}`);
}
