import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileStore } from "@gro/file-store";
import type { Claim, DurableStore } from "@gro/queue";
import { program, sentences, type Ended } from "./program.js";

type Given = Parameters<typeof program>[1];

/** What `status --json` prints. */
export interface Standing {
  readonly items: Readonly<Record<"ready" | "waiting" | "claimed" | "dead", number>>;
  readonly oldestQueuedAt: string | null;
  readonly oldestAgeMs: number | null;
  readonly batches: readonly Readonly<Record<string, unknown>>[];
  readonly deadLetters: readonly Readonly<Record<string, unknown>>[];
}

/** A queue with its pages in a folder of its own, and the commands that are about it. */
export class QueueScene {
  readonly folder: string;
  readonly queuePath: string;
  readonly pagesDir: string;

  /** @param parent where the folder is made */
  constructor(parent: string) {
    this.folder = mkdtempSync(join(parent, "queue-"));
    this.queuePath = join(this.folder, "queue");
    this.pagesDir = join(this.folder, "pages");
  }

  /** Writes a file to be queued; answers its path. */
  file(name: string, content: string | Uint8Array): string {
    const path = join(this.folder, name);
    writeFileSync(path, content);
    return path;
  }

  get storeFlags(): string[] {
    return ["--queue-path", this.queuePath, "--pages-dir", this.pagesDir];
  }

  enqueue(args: readonly string[], given: Given = {}): Promise<Ended> {
    return program(["enqueue", ...args, ...this.storeFlags], given);
  }

  /** Queues texts of so many sentences each, most of them long enough for a tree; answers the pages' ids. */
  async enqueueBooks(...counts: readonly number[]): Promise<readonly string[]> {
    const files = counts.map((count, index) =>
      this.file(`${index}.txt`, `Book ${index}. ${sentences(count)}`),
    );
    const { code, stdout, stderr } = await this.enqueue([...files, "--target-tokens", "60"]);
    if (code !== 0) throw new Error(`enqueue ended with ${code}: ${stderr}`);
    return lines(stdout);
  }

  worker(args: readonly string[] = ["--drain"], given: Given = {}): Promise<Ended> {
    return program(["worker", ...args, ...this.storeFlags], given);
  }

  status(args: readonly string[] = [], given: Given = {}): Promise<Ended> {
    return program(["status", ...args, "--queue-path", this.queuePath], given);
  }

  retry(args: readonly string[] = [], given: Given = {}): Promise<Ended> {
    return program(["retry", ...args, "--queue-path", this.queuePath], given);
  }

  async standing(given: Given = {}): Promise<Standing> {
    const { stdout } = await this.status(["--json"], given);
    return JSON.parse(stdout) as Standing;
  }

  pageFile(pageId: string): string {
    return join(this.pagesDir, `${pageId}.json`);
  }

  page(pageId: string): Readonly<Record<string, unknown>> {
    return JSON.parse(readFileSync(this.pageFile(pageId), "utf8")) as Record<string, unknown>;
  }

  /** Writes a page as a host would. */
  writePage(pageId: string, content: string): void {
    writeFileSync(this.pageFile(pageId), content);
  }

  pageIds(): string[] {
    return readdirSync(this.pagesDir)
      .map((name) => name.replace(/\.json$/u, ""))
      .sort();
  }

  journal(): string {
    return join(this.queuePath, "journal-000001.jsonl");
  }

  /** Does something to the store as another process would. */
  async store<Outcome>(work: (store: DurableStore) => Promise<Outcome>): Promise<Outcome> {
    const store = fileStore(this.queuePath, { pagesDirectory: this.pagesDir });
    try {
      return await work(store);
    } finally {
      await store.close();
    }
  }

  /** What a worker would get. */
  claims(): Promise<readonly Claim[]> {
    return this.store(({ queue }) => queue.claim({ limit: 1000, leaseMs: 1 }));
  }
}

/** The ids that a command has printed, one a line. */
export function lines(stdout: string): string[] {
  return stdout.split("\n").filter((line) => line !== "");
}
