import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startAnthropic, type AnthropicEmulator } from "../../emulators/index.js";
import { Supervisor } from "./supervisor.js";

const repository = fileURLToPath(new URL("../../..", import.meta.url));

/** A unit, and where it expects what: below the root of its file system. */
export interface Place {
  readonly unit: string;
  readonly program: string;
  readonly environmentFile: string;
}

export const SYSTEM_PLACE: Place = {
  unit: join(repository, "service/system/gro-summarizer.service"),
  program: "opt/gro-summarizer",
  environmentFile: "etc/gro-summarizer/worker.env",
};

export const USER_PLACE: Place = {
  unit: join(repository, "service/user/gro-summarizer.service"),
  program: "home/.local/lib/gro-summarizer",
  environmentFile: "home/.config/gro-summarizer/worker.env",
};

/** The worker as users install it, under a supervisor that does what its unit file says, with a batch API on this machine. */
export class ServiceScene {
  readonly folder = mkdtempSync(join(tmpdir(), "gro-service-"));
  readonly state = join(this.folder, "var/lib/gro-summarizer");
  readonly environmentFile: string;
  /** How long the supervisor waited before each restart, in seconds. */
  readonly waited: number[] = [];
  readonly supervisor: Supervisor;
  #letGo: (() => void) | undefined;

  private constructor(
    place: Place,
    readonly server: AnthropicEmulator,
  ) {
    this.environmentFile = join(this.folder, place.environmentFile);
    const wait = (seconds: number) => {
      this.waited.push(seconds);
      return new Promise<void>((resolve) => (this.#letGo = resolve));
    };
    this.supervisor = new Supervisor({ unitFile: place.unit, root: this.folder, wait });
  }

  /** @param installed the `node_modules` that the packages are in */
  static async open(place: Place, installed: string): Promise<ServiceScene> {
    const scene = new ServiceScene(place, await startAnthropic({ batches: { endsAfterLooks: null } }));
    const program = join(scene.folder, place.program);
    mkdirSync(program, { recursive: true });
    symlinkSync(installed, join(program, "node_modules"));
    return scene;
  }

  async close(): Promise<void> {
    this.restart();
    await this.supervisor.stop();
    await this.server.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  writeEnvironment(variables: Readonly<Record<string, string>> = {}): void {
    const polls = { POLL_INTERVAL: "50", BATCH_POLL_INTERVAL: "50" };
    const access = { ANTHROPIC_API_KEY: this.server.key, ANTHROPIC_BASE_URL: this.server.url };
    const lines = Object.entries({ ...access, ...polls, ...variables }).map(
      ([name, value]) => `${name}=${value}\n`,
    );
    this.writeEnvironmentText(lines.join(""));
  }

  writeEnvironmentText(text: string): void {
    mkdirSync(join(this.environmentFile, ".."), { recursive: true });
    writeFileSync(this.environmentFile, text, { mode: 0o600 });
  }

  /** Lets the supervisor restart the service, as if the time had passed. */
  restart(): void {
    this.#letGo?.();
  }

  /** Runs another command of the service's program in its environment. */
  run(args: readonly string[]): string {
    const { program, environment } = this.supervisor.command();
    return execFileSync(program, args, {
      env: environment,
      encoding: "utf8",
      cwd: this.folder,
      stdio: "pipe",
    });
  }

  /** Queues a text of so many sentences; answers the id of its page. */
  enqueue(sentences: number): string {
    const text = Array.from(
      { length: sentences },
      (_, index) => `The keeper of lighthouse ${index} lit the lamp.`,
    );
    writeFileSync(join(this.folder, "log.txt"), text.join(" "));
    return this.run(["enqueue", "log.txt", "--target-tokens", "60"]).trim();
  }

  hasSummary(pageId: string): boolean {
    const page = readFileSync(join(this.state, "pages", `${pageId}.json`), "utf8");
    return page.includes('"summary":');
  }

  /** Resolves when the page has its summary; every batch ends as soon as it is there. */
  async summarized(pageId: string): Promise<void> {
    await until(() => {
      this.server.batches.endAll();
      return this.hasSummary(pageId);
    });
  }
}

export async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 20));
}
