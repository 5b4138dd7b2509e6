import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { atMostTimes } from "./row-limit.js";
import type { Benchmark } from "./row.js";

const execute = promisify(execFile);
const root = fileURLToPath(new URL("..", import.meta.url));
const ROUNDS = 9;

/** What the new processes run, by the packages as they are published. What they measure themselves is in `ms`. */
const PROGRAMS = {
  empty: "let ms = 0;",
  import: `import "@gro/summarizer"; let ms = 0;`,
  ours: `
    import { tiktoken } from "@gro/summarizer";
    let ms = performance.now();
    tiktoken("o200k_base").count("The ferry came at six.");
    ms = performance.now() - ms;`,
  jsTiktoken: `
    import { Tiktoken } from "js-tiktoken/lite";
    import tables from "js-tiktoken/ranks/o200k_base";
    let ms = performance.now();
    const encoder = new Tiktoken(tables);
    ms = performance.now() - ms;
    encoder.encode("The ferry came at six.", [], []);`,
  gptTokenizer: `
    let ms = performance.now();
    const { countTokens } = await import("gpt-tokenizer/encoding/o200k_base");
    countTokens("The ferry came at six.");
    ms = performance.now() - ms;`,
} as const;

type Program = keyof typeof PROGRAMS;

interface ProcessFigures {
  /** What the program measured itself. */
  readonly ms: number;
  /** From before the process was made until it was gone. */
  readonly wallMs: number;
  readonly peakMb: number;
}

const REPORT = "console.log(JSON.stringify({ ms, peakMb: process.resourceUsage().maxRSS / 1024 }));";

async function runOnce(program: Program): Promise<ProcessFigures> {
  const code = `${PROGRAMS[program]}\n${REPORT}`;
  const startedAt = performance.now();
  const { stdout } = await execute(process.execPath, ["--input-type=module", "--eval", code], { cwd: root });
  const wallMs = performance.now() - startedAt;
  return { ...(JSON.parse(stdout) as { readonly ms: number; readonly peakMb: number }), wallMs };
}

/** The least of each figure over all rounds, in which the programs take turns. */
async function runAll(): Promise<(program: Program) => ProcessFigures> {
  const least = new Map<Program, ProcessFigures>();
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const program of Object.keys(PROGRAMS) as Program[]) {
      const now = await runOnce(program);
      const before = least.get(program) ?? now;
      least.set(program, {
        ms: Math.min(now.ms, before.ms),
        wallMs: Math.min(now.wallMs, before.wallMs),
        peakMb: Math.min(now.peakMb, before.peakMb),
      });
    }
  }
  return (program) => least.get(program) ?? { ms: 0, wallMs: 0, peakMb: 0 };
}

/** What a command or a function in the cloud waits for before its first count. */
export const freshProcess: Benchmark = {
  title: "A new process: start-up and the first count with o200k_base",
  async run() {
    await execute("npm", ["run", "build", "--workspace", "packages/summarizer"], { cwd: root });
    const of = await runAll();
    const { empty, ours, jsTiktoken, gptTokenizer } = {
      empty: of("empty"),
      ours: of("ours"),
      jsTiktoken: of("jsTiktoken"),
      gptTokenizer: of("gptTokenizer"),
    };
    const imported = of("import").wallMs;
    const allowed = 1.5 * empty.wallMs + 30;
    const floor = { name: "empty module", figure: empty.peakMb };
    return [
      {
        name: "first count, tables included, beside js-tiktoken, ms",
        ours: ours.ms,
        peer: { name: "js-tiktoken, building the encoder alone", figure: jsTiktoken.ms },
        limit: atMostTimes(ours.ms, jsTiktoken.ms, 0.5),
      },
      {
        name: "first count, tables included, beside gpt-tokenizer, ms",
        ours: ours.ms,
        peer: { name: "gpt-tokenizer, import and count", figure: gptTokenizer.ms },
      },
      {
        name: "peak memory after it, beside js-tiktoken, MB",
        ours: ours.peakMb,
        peer: { name: "js-tiktoken", figure: jsTiktoken.peakMb },
        floor,
        limit: atMostTimes(ours.peakMb, jsTiktoken.peakMb, 0.7),
      },
      {
        name: "peak memory after it, beside gpt-tokenizer, MB",
        ours: ours.peakMb,
        peer: { name: "gpt-tokenizer", figure: gptTokenizer.peakMb },
        floor,
      },
      {
        name: 'import "@gro/summarizer", from start to end of the process, ms',
        ours: imported,
        floor: { name: "empty module", figure: empty.wallMs },
        limit: { text: `at most 1.5× and 30 ms (${allowed.toFixed(0)} ms)`, holds: imported <= allowed },
      },
    ];
  },
};
