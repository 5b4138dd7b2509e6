import type { Completion, RejectionReason, SummaryUsage, Tokenizer } from "@gro/summarizer";
import {
  fitToContext,
  makeShorter,
  judgeInParts,
  NO_USAGE,
  startRunInParts,
  withCall,
  type PlanSettings,
  type Step,
  type SummaryRun,
  type Turns,
} from "@gro/summarizer/executor";
import type { BatchProvider } from "../ports/batch-provider.js";
import type { DurableStore } from "@gro/queue";
import { mapSideBySide } from "../worker/lanes.js";

/** A step that the run waits for. */
export interface MissingStep {
  readonly step: Step;
  /** Why the completion in the memo cannot stand; `undefined` when there is none. */
  readonly rejection: RejectionReason | undefined;
  /** What the completion was billed for that cannot stand. */
  readonly rejected: SummaryUsage;
}

type ModelRoom = Pick<BatchProvider, "contextTokens" | "reasoningTokens">;

const READS_AT_ONCE = 64;

/** The memo could not be read: not the plan's fault. */
export class MemoFailure extends Error {
  constructor(readonly reason: unknown) {
    super("The memo could not be read", { cause: reason });
  }
}

function memoFailed(reason: unknown): never {
  throw new MemoFailure(reason);
}

/** A plan brought as far as the memo goes. */
export class Replay {
  /** By key, in the order in which they became ready. */
  readonly missing = new Map<string, MissingStep>();
  /** The steps whose answers were used. */
  readonly usedKeys: string[] = [];
  private spent: SummaryUsage = NO_USAGE;
  private splits = 0;

  private constructor(
    private readonly run: SummaryRun,
    private readonly tokenizer: Tokenizer,
    private readonly model: ModelRoom,
    private readonly turns: Turns,
  ) {}

  /** Plans a content; leases are kept meanwhile. Rejects with what planning throws, such as a tokenizer's failure. */
  static async plan(
    content: string,
    settings: PlanSettings,
    tokenizer: Tokenizer,
    model: ModelRoom,
    turns: Turns,
  ): Promise<Replay> {
    const run = await turns.drive(startRunInParts(content, settings, tokenizer));
    return new Replay(run, tokenizer, model, turns);
  }

  get isFinished(): boolean {
    return this.run.machine?.isFinished() ?? true;
  }

  /** The run, to be put together when it is finished. */
  get finishedRun(): SummaryRun {
    return this.run;
  }

  /** The answers that were used, whoever paid for them. */
  get usage(): SummaryUsage {
    return this.spent;
  }

  get wasSplit(): boolean {
    return this.splits > 0;
  }

  /** Takes from the memo whatever it has, until only missing steps are left. @throws MemoFailure, and what planning throws */
  async advance(memo: DurableStore["memo"]): Promise<void> {
    const { machine } = this.run;
    if (machine === null) return;
    for (let ready = machine.takeReady(); ready.length > 0; ready = machine.takeReady()) {
      const asked: Step[] = [];
      for (const step of ready) {
        if (!(await this.divides(step))) asked.push(step);
        await this.turns.take();
      }
      const known = await mapSideBySide(asked, READS_AT_ONCE, ({ key }) => memo.get(key)).catch(memoFailed);
      for (const [index, step] of asked.entries()) {
        await this.take(step, known[index]);
        await this.turns.take();
      }
    }
  }

  /** Does without a missing step that is too long. Whether there was a way to; then `advance` goes on. */
  async split(key: string): Promise<boolean> {
    const { machine } = this.run;
    const shortening =
      machine === null ? "impossible" : await this.turns.drive(makeShorter(key, machine, "refused"));
    if (shortening === "impossible") return false;
    if (shortening === "divided") this.splits += 1;
    this.missing.delete(key);
    return true;
  }

  private async divides(step: Step): Promise<boolean> {
    const { machine } = this.run;
    const fit =
      machine === null
        ? "fits"
        : await this.turns.drive(fitToContext(step, machine, this.model, this.tokenizer));
    if (fit === "divided") this.splits += 1;
    return fit !== "fits";
  }

  private async take(step: Step, completion: Completion | undefined): Promise<void> {
    if (completion === undefined) {
      this.missing.set(step.key, { step, rejection: undefined, rejected: NO_USAGE });
      return;
    }
    const judgement = await this.turns.drive(judgeInParts(step, completion));
    if (judgement.kind === "rejected") {
      this.missing.set(step.key, {
        step,
        rejection: judgement.reason,
        rejected: withCall(NO_USAGE, completion),
      });
      return;
    }
    this.spent = withCall(this.spent, completion);
    this.usedKeys.push(step.key);
    const { machine } = this.run;
    if (machine !== null) await this.turns.drive(machine.acceptInParts(step.key, completion));
  }
}
