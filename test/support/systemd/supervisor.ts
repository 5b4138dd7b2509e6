import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { serviceSettings, type ServiceSettings } from "./service-settings.js";
import { readEnvironmentFile, readUnitFile } from "./unit-file.js";

/** How a process ended, and what the supervisor made of it. */
export interface Ending {
  readonly code: number | null;
  readonly signal: string | null;
  readonly verdict: "stopped" | "restarted" | "finished" | "failed";
}

export interface SupervisorOptions {
  readonly unitFile: string;
  /** What the service takes for the whole file system: absolute paths of the unit begin here. */
  readonly root: string;
  /** Waits before a restart: a test looks at how long, instead of waiting. */
  readonly wait: (seconds: number) => Promise<void>;
}

/**
 * Does with a service what its unit file tells systemd to do: starts it with its environment, restarts it when it fails, stops it by its
 * signal and kills it when that takes too long. What belongs to the kernel, such as the protection of files, it leaves alone.
 */
export class Supervisor {
  readonly endings: Ending[] = [];
  readonly settings: ServiceSettings;
  #written = { stdout: "", stderr: "" };
  #child: ChildProcess | undefined;
  #isStopping = false;
  #running: Promise<void> | undefined;

  constructor(private readonly options: SupervisorOptions) {
    const { root } = options;
    const specifiers: Readonly<Record<string, string>> = {
      S: `${root}/var/lib`,
      h: `${root}/home`,
      "%": "%",
    };
    const expand = (value: string) => {
      const expanded = value.replaceAll(/%(.)/gu, (_all, letter: string) => {
        const found = specifiers[letter];
        if (found === undefined) throw new Error(`This supervisor does not know %${letter}.`);
        return found;
      });
      return expanded.startsWith("/") && !expanded.startsWith(root) ? join(root, expanded) : expanded;
    };
    this.settings = serviceSettings(readUnitFile(options.unitFile), expand);
  }

  /** Everything that the service has written, over all its starts. */
  get written(): Readonly<Record<"stdout" | "stderr", string>> {
    return this.#written;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** As `systemctl start`. @throws Error when the environment file is missing, as systemd would say */
  start(): void {
    if (!existsSync(this.settings.environmentFile)) {
      throw new Error(`Failed to load environment files: ${this.settings.environmentFile}`);
    }
    this.#isStopping = false;
    this.#running = this.#keepRunning();
  }

  /** As `systemctl stop`. Answers how it ended. */
  async stop(): Promise<Ending | undefined> {
    this.#isStopping = true;
    const child = this.#child;
    child?.kill(this.settings.killSignal);
    const killing = setTimeout(() => child?.kill("SIGKILL"), this.settings.stopSeconds * 1000);
    await this.#running;
    clearTimeout(killing);
    return this.endings.at(-1);
  }

  /** Resolves when the service runs no more and will not be restarted. */
  async ended(): Promise<void> {
    await this.#running;
  }

  /** The service's program and environment, for other commands of it. */
  command(): { readonly program: string; readonly environment: NodeJS.ProcessEnv } {
    return { program: this.settings.command[0] ?? "", environment: this.#environment() };
  }

  async #keepRunning(): Promise<void> {
    const { cleanCodes, finalCodes, restartSeconds } = this.settings;
    for (;;) {
      const { code, signal } = await this.#runOnce();
      const isClean =
        code !== null ? cleanCodes.has(code) : ["SIGTERM", "SIGINT", "SIGHUP"].includes(signal ?? "");
      const isFinal = code !== null && finalCodes.has(code);
      const verdict = this.#isStopping ? "stopped" : isClean ? "finished" : isFinal ? "failed" : "restarted";
      this.endings.push({ code, signal, verdict });
      if (verdict !== "restarted") return;
      await this.options.wait(restartSeconds);
      if (this.#isStopping) return;
    }
  }

  async #runOnce(): Promise<{ readonly code: number | null; readonly signal: string | null }> {
    const { command, workingDirectory, stateDirectory, umask } = this.settings;
    mkdirSync(stateDirectory.path, { recursive: true });
    chmodSync(stateDirectory.path, stateDirectory.mode);
    const environment = this.#environment();
    const [program = "", ...args] = command.map((word) =>
      word.replaceAll(/\$\{(\w+)\}/gu, (_all, name: string) => environment[name] ?? ""),
    );
    // A shell only for the umask, which Node cannot give to a child; it is replaced by the program at once.
    const script = `umask ${umask.toString(8)}; exec "$0" "$@"`;
    const child = spawn("/bin/sh", ["-c", script, program, ...args], {
      cwd: workingDirectory,
      env: environment,
    });
    this.#child = child;
    for (const name of ["stdout", "stderr"] as const) {
      child[name].on("data", (piece: Buffer) => (this.#written[name] += piece.toString()));
    }
    const [code, signal] = (await once(child, "close")) as [number | null, string | null];
    this.#child = undefined;
    return { code, signal };
  }

  /** Nothing of this process's own, but where programs are. */
  #environment(): Record<string, string | undefined> {
    const { environment, environmentFile } = this.settings;
    return { PATH: process.env["PATH"], ...environment, ...readEnvironmentFile(environmentFile) };
  }
}
