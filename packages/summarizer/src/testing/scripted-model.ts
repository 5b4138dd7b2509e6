import type { Completion } from "../plan/completion.js";
import { trimToTokens } from "../plan/text/trim.js";
import type { Clock } from "../ports/clock.js";
import type { GenerateRequest, LanguageModel } from "../ports/language-model.js";
import type { Tokenizer } from "../ports/tokenizer.js";
import { approximate } from "../tokens/approximate.js";
import { answerAs, checkBehaviour, type Behaviour } from "./behaviours.js";

/** What happens in one call instead of the usual: another behaviour, an exact completion, or an error that is thrown. */
export type Cue = Behaviour | Completion | Error;

export interface ScriptedModelOptions {
  /** How the model answers when no cue says otherwise. @default "obedient" */
  readonly behaviour?: Behaviour;
  /** @default `"scripted:<behaviour>"` */
  readonly id?: string;
  /** Counts usage and cuts at `maxOutputTokens`. @default `approximate()` */
  readonly tokenizer?: Tokenizer;
  /** Whether an answer is cut at `maxOutputTokens`, as providers do. @default true */
  readonly cutsAtLimit?: boolean;
  /** Looks at every call, numbered from 1, and may answer what happens in it. */
  readonly cue?: (request: GenerateRequest, callNumber: number) => Cue | undefined;
  /** How long calls take, in milliseconds; needs `clock`. @default 0 */
  readonly latencyMs?: number | ((callNumber: number) => number);
  readonly clock?: Clock;
  /** As in `LanguageModel`. @default none */
  readonly contextTokens?: number;
}

/** A model without a mind: answers by rule, and remembers what it was asked. */
export interface ScriptedModel extends LanguageModel {
  /** All requests in the order in which they came. */
  readonly requests: readonly GenerateRequest[];
  /** Calls under way now, and the most that ever were. */
  readonly concurrency: { readonly now: number; readonly most: number };
}

/** An error as providers' adapters throw it. */
export class ScriptedError extends Error {
  readonly isRetryable: boolean;
  readonly retryAfterMs?: number;

  constructor(
    message: string,
    options: { readonly isRetryable?: boolean; readonly retryAfterMs?: number } = {},
  ) {
    super(message);
    this.name = "ScriptedError";
    this.isRetryable = options.isRetryable ?? false;
    if (options.retryAfterMs !== undefined) this.retryAfterMs = options.retryAfterMs;
  }
}

/**
 * Makes a scripted model.
 * @throws InvalidOptionError for a behaviour that it does not know.
 */
export function scriptedModel(options: ScriptedModelOptions = {}): ScriptedModel {
  const { tokenizer = approximate(), cutsAtLimit = true, latencyMs = 0 } = options;
  const behaviour = checkBehaviour(options.behaviour ?? "obedient");
  const requests: GenerateRequest[] = [];
  const concurrency = { now: 0, most: 0 };

  function complete(as: Behaviour, request: GenerateRequest): Completion {
    const answer = answerAs(as, request);
    const isCut = cutsAtLimit && tokenizer.count(answer) > request.maxOutputTokens;
    const text = isCut ? trimToTokens(answer, request.maxOutputTokens, tokenizer) : answer;
    return {
      text,
      finishReason: as === "refusing" ? "refusal" : isCut ? "length" : "stop",
      usage: {
        inputTokens: tokenizer.count(request.system) + tokenizer.count(request.prompt),
        outputTokens: tokenizer.count(text),
      },
    };
  }

  async function generate(request: GenerateRequest): Promise<Completion> {
    requests.push(request);
    const callNumber = requests.length;
    concurrency.now += 1;
    concurrency.most = Math.max(concurrency.most, concurrency.now);
    try {
      const latency = typeof latencyMs === "number" ? latencyMs : latencyMs(callNumber);
      if (latency > 0 && options.clock !== undefined) await options.clock.sleep(latency, request.signal);
      const cue = options.cue?.(request, callNumber);
      if (cue instanceof Error) throw cue;
      if (typeof cue === "object") return cue;
      return complete(cue === undefined ? behaviour : checkBehaviour(cue), request);
    } finally {
      concurrency.now -= 1;
    }
  }

  return {
    id: options.id ?? `scripted:${behaviour}`,
    ...(options.contextTokens === undefined ? {} : { contextTokens: options.contextTokens }),
    requests,
    concurrency,
    generate,
    async *stream(request) {
      const completion = await generate(request);
      for (const text of completion.text.match(/\S+\s*|\s+/gu) ?? []) yield { kind: "text", text };
      yield { kind: "completion", completion };
    },
  };
}
