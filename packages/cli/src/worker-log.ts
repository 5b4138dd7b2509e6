import type { BatchWorker, BatchWorkerEvents } from "@gro/batch";
import type { Environment } from "./environment.js";
import type { MessageOutput } from "./message-output.js";
import { withoutSecrets } from "./secrets.js";
import { WORKER_SENTENCES, type Sentence } from "./worker-sentences.js";
import { writeText } from "./write-text.js";

/** The part of a worker's emitter that is listened to. */
interface EventSource {
  on<Name extends keyof BatchWorkerEvents>(
    name: Name,
    listener: (...event: BatchWorkerEvents[Name]) => void,
  ): unknown;
}

export interface WorkerLogOptions {
  readonly environment: Pick<Environment, "stdout" | "clock">;
  readonly output: MessageOutput;
  /** Whether every event goes to standard output as a JSON object. Then people are told of troubles alone. */
  readonly isJson: boolean;
  readonly secrets: readonly string[];
}

function isEventName(name: string): name is keyof BatchWorkerEvents {
  return Object.hasOwn(WORKER_SENTENCES, name);
}

/** Tells what a worker does, each event as it happens. */
export class WorkerLog {
  private written: Promise<unknown> = Promise.resolve();

  constructor(private readonly options: WorkerLogOptions) {}

  follow({ events }: Pick<BatchWorker, "events">): void {
    const source: EventSource = events;
    for (const name of Object.keys(WORKER_SENTENCES)) {
      if (isEventName(name)) source.on(name, this.listenerFor(name));
    }
  }

  /** Resolves when everything that was told is written. */
  async end(): Promise<void> {
    await this.written;
  }

  private listenerFor<Name extends keyof BatchWorkerEvents>(
    name: Name,
  ): (...event: BatchWorkerEvents[Name]) => void {
    return (...[event]) => {
      const at = new Date(this.options.environment.clock.now()).toISOString();
      if (this.options.isJson) this.printJson({ event: name, at, ...event });
      this.printSentence(WORKER_SENTENCES[name](event), at);
    };
  }

  private printJson(line: object): void {
    const { environment, secrets } = this.options;
    const text = `${withoutSecrets(JSON.stringify(line), secrets)}\n`;
    // One after the other. A reader that has left is no reason to stop work that is paid for.
    this.written = this.written.then(() => writeText(environment.stdout, text)).catch(() => undefined);
  }

  private printSentence(sentence: Sentence | undefined, at: string): void {
    const { output, isJson } = this.options;
    if (sentence === undefined) return;
    if (sentence.kind === "news" && isJson) return;
    const line = `${at.slice(0, 19)}Z ${sentence.text}`;
    if (sentence.kind === "trouble") output.error(line);
    else output.notice(line);
  }
}
