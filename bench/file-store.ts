import { compileProcess, figuresOf } from "./compiled-process.js";
import type { Benchmark } from "./row.js";

/** Operations a second, but for what says otherwise. */
interface FileStoreFigures {
  readonly empty: {
    readonly single: number;
    readonly hundred: number;
    readonly floor: number;
    readonly peer: number;
  };
  readonly full: {
    readonly single: number;
    readonly peer: number;
    /** Milliseconds. */
    readonly reopened: number;
    readonly parsed: number;
    readonly worked: number;
  };
  readonly diskMb: number;
}

/** The embedded store beside the disk's own rate and beside a queue that rewrites its file. */
export const fileStoreBenchmark: Benchmark = {
  title: "The file store: durable operations a second",
  async run() {
    const script = await compileProcess("file-store-process");
    const { empty, full, diskMb } = await figuresOf<FileStoreFigures>(script);
    const floor = { name: "write+fdatasync", figure: empty.floor };
    const rewriting = (figure: number) => ({ name: "rewritten file", figure });
    const atLeast = (figure: number, share: number, base: number, of: string) => ({
      text: `at least ${share} × ${of}`,
      holds: figure >= share * base,
    });
    return [
      {
        name: "enqueue one by one",
        ours: empty.single,
        peer: rewriting(empty.peer),
        floor,
        limit: atLeast(empty.single, 0.8, empty.floor, "the floor"),
      },
      {
        name: "enqueue, 100 at once",
        ours: empty.hundred,
        floor,
        limit: atLeast(empty.hundred, 30, empty.floor, "the floor"),
      },
      {
        name: "enqueue one by one at 100k pending",
        ours: full.single,
        peer: rewriting(full.peer),
        floor: { name: "at none pending", figure: empty.single },
        limit: atLeast(full.single, 0.7, empty.single, "that at none"),
      },
      {
        name: "claim and complete by hundreds at 100k pending",
        ours: full.worked,
        floor,
        limit: {
          text: "at least 30000, or 4 × the floor",
          holds: full.worked >= Math.min(30_000, 4 * empty.floor),
        },
      },
      {
        name: "reopen with 100k pending, ms",
        ours: full.reopened,
        floor: { name: "JSON.parse", figure: full.parsed },
        limit: { text: "at most 3 × the floor", holds: full.reopened <= 3 * full.parsed },
      },
      {
        name: "journal after a million items came and went, MB",
        ours: diskMb,
        limit: { text: "at most 4", holds: diskMb <= 4 },
      },
    ];
  },
};
