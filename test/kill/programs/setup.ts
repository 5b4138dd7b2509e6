import { anthropicBatch } from "@gro/anthropic";
import type { BatchProvider } from "@gro/batch";
import { fileStore, type FileStore } from "@gro/file-store";
import { openaiBatch } from "@gro/openai";

interface Range {
  readonly from: number;
  readonly to: number;
}

/** What a child process is told, as JSON in its only argument. */
export interface ProgramSettings {
  readonly directory: string;
  readonly provider: "anthropic" | "openai";
  readonly url: string;
  readonly key: string;
  /** Where the process kills itself: at the `visit`-th time that it comes by. */
  readonly crash?: { readonly point: string; readonly visit: number } | undefined;
  /** Pages that a host queues, from and to; the pause between two of them, in milliseconds; and of which it edits every fourth later. */
  readonly pages?: (Range & { readonly pauseMs: number; readonly edited?: Range }) | undefined;
  /** Whether a worker ends when nothing is left to do. */
  readonly drains?: boolean | undefined;
}

export function readSettings(): ProgramSettings {
  return JSON.parse(process.argv[2] ?? "{}") as ProgramSettings;
}

/** Small files, so that they are turned over and compacted all the time. */
export function openStore({ directory }: Pick<ProgramSettings, "directory">): FileStore {
  return fileStore(directory, { segmentBytes: 64 * 1024 });
}

export function providerFrom({ provider, url, key }: ProgramSettings): BatchProvider {
  return provider === "anthropic"
    ? anthropicBatch("claude-haiku-4-5", { apiKey: key, baseURL: url })
    : openaiBatch("gpt-4o-mini", { apiKey: key, baseURL: url });
}
