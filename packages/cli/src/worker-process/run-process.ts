import { spawn, type ChildProcess } from "node:child_process";
import { codeOf } from "../reason-of.js";
import { withoutSecrets } from "../secrets.js";
import { LineSplitter } from "./line-splitter.js";
import { HAS_GROUPS, killWithItsGroup } from "./process-group.js";
import type { Death } from "./restart-policy.js";
import type { WorkerProcessSettings } from "./worker-process-options.js";

/** What the program puts before each of its lines. */
const OWN_NAME = /^gro-summarizer: /u;

/**
 * How long what a process has left in its pipes is read after its end, in milliseconds. They need not end with it: whatever it has started
 * may hold them open for ever.
 */
const LAST_WORDS_MS = 500;

/** What is heard of a process while it runs. */
export interface ProcessListener {
  /** It runs. Not called for one that cannot be started. */
  onStart(pid: number): void;
  /** A line of its standard output. */
  onLine(line: string): void;
  /** A line of its standard error. Without keys. */
  onWords(text: string): void;
  /** It runs no more; its last lines may follow. */
  onExit(): void;
}

/** The process, or why there is none. What is only found out while it starts is told by an event. */
function spawned({ command, args, environment }: WorkerProcessSettings): ChildProcess | Error {
  try {
    return spawn(command, args, {
      env: environment,
      stdio: ["pipe", "pipe", "pipe"],
      // In a group of its own: Ctrl-C is for the host, which then stops it in order.
      detached: HAS_GROUPS,
      windowsHide: true,
    });
  } catch (error) {
    // No memory, or arguments that are too long for the system.
    return error instanceof Error ? error : new Error("unknown");
  }
}

/** What the system says names the program and its own reason. What Node refuses by itself it quotes, and that may be a key. */
function whyNotStarted(error: Error, secrets: readonly string[]): string {
  return "syscall" in error ? withoutSecrets(error.message, secrets) : (codeOf(error) ?? error.name);
}

/**
 * Runs a process to its end, which is when it exits: what it has left in its pipes is read for a moment after that. Never rejects.
 * When `stopping` aborts, its standard input ends, and it is killed when it takes longer than `stopWithinMs`; a moment after that it is
 * let go, whatever became of it.
 */
export function runProcess(
  settings: WorkerProcessSettings,
  stopping: AbortSignal,
  listener: ProcessListener,
): Promise<Death> {
  const { secrets, stopWithinMs } = settings;
  const child = spawned(settings);
  if (child instanceof Error) {
    const lastWords = whyNotStarted(child, secrets);
    return Promise.resolve({ exitCode: null, signal: null, pid: null, lastWords });
  }
  return new Promise((resolve) => {
    let death: Death = { exitCode: null, signal: null, pid: child.pid ?? null, lastWords: "" };
    let isRunning = true;
    let stopTimer: NodeJS.Timeout | undefined;
    let lastWordsTimer: NodeJS.Timeout | undefined;
    const stdout = new LineSplitter((line) => listener.onLine(line));
    const stderr = new LineSplitter((line) => {
      const text = withoutSecrets(line, secrets).replace(OWN_NAME, "").trim();
      if (text === "") return;
      death = { ...death, lastWords: text };
      listener.onWords(text);
    });

    const done = () => {
      clearTimeout(stopTimer);
      clearTimeout(lastWordsTimer);
      stopping.removeEventListener("abort", endInOrder);
      stdout.end();
      stderr.end();
      resolve(death);
    };
    const letGo = () => {
      killWithItsGroup(child);
      for (const pipe of [child.stdin, child.stdout, child.stderr]) pipe?.destroy();
      child.unref();
      done();
    };
    const letGoSoon = () => {
      lastWordsTimer ??= setTimeout(letGo, LAST_WORDS_MS);
    };
    const endInOrder = () => {
      child.stdin?.end();
      if (!isRunning) return;
      stopTimer = setTimeout(() => {
        killWithItsGroup(child);
        letGoSoon();
      }, stopWithinMs);
    };

    // Before anything else: one that could not be started for want of file descriptors has no pipes to listen to.
    child.on("error", (error) => {
      if (child.pid !== undefined) return;
      death = { ...death, lastWords: whyNotStarted(error, secrets) };
      done();
    });
    child.on("exit", (exitCode, signal) => {
      isRunning = false;
      death = { ...death, exitCode, signal };
      listener.onExit();
      letGoSoon();
    });
    child.on("close", () => {
      if (child.pid !== undefined) done();
    });
    child.stdout?.on("data", (bytes: Buffer) => stdout.take(bytes));
    child.stderr?.on("data", (bytes: Buffer) => stderr.take(bytes));
    // It may be gone before its pipes are.
    for (const pipe of [child.stdin, child.stdout, child.stderr]) pipe?.on("error", () => undefined);
    stopping.addEventListener("abort", endInOrder, { once: true });
    if (child.pid !== undefined) listener.onStart(child.pid);
  });
}
