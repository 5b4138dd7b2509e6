import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** The programs as single files: a process that starts in a tenth of a second can be killed many times. */
export async function bundlePrograms(
  folder: string,
  programs = "test/kill/programs",
  names: readonly string[] = ["host", "worker"],
): Promise<void> {
  await build({
    entryPoints: names.map((name) => join(root, programs, `${name}.ts`)),
    outdir: folder,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    // The driver of the database asks for it, and does without.
    external: ["pg-native"],
    tsconfig: join(root, "tsconfig.json"),
    banner: {
      js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
    },
    logLevel: "error",
  });
}

export type ProgramName = "host" | "worker";

/** A process of a program, with what it has said so far. */
export class Program {
  readonly process: ChildProcess;
  private readonly gone: Promise<unknown>;
  private output = "";
  private errors = "";

  constructor(folder: string, name: ProgramName, settings: object) {
    this.process = spawn(process.execPath, [join(folder, `${name}.mjs`), JSON.stringify(settings)]);
    this.gone = once(this.process, "close");
    this.process.stdout?.on("data", (chunk: Buffer) => (this.output += chunk.toString()));
    this.process.stderr?.on("data", (chunk: Buffer) => (this.errors += chunk.toString()));
  }

  get isOver(): boolean {
    return this.process.exitCode !== null || this.process.signalCode !== null;
  }

  get said(): readonly string[] {
    return this.output.split("\n").slice(0, -1);
  }

  get complaints(): string {
    return this.errors;
  }

  /** Resolves when the process is gone and all it said has arrived. */
  async end(): Promise<void> {
    await this.gone;
  }

  async kill(): Promise<void> {
    this.process.kill("SIGKILL");
    await this.end();
  }
}
