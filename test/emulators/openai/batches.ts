import { hashOfBody, type Billing } from "../billing.js";
import { BatchJob, type JobFailure, type RequestOutcome } from "../batches/batch-job.js";
import type { BatchDesk } from "../batches/batch-desk.js";
import { pageOf } from "../batches/paging.js";
import type { BatchedRequest } from "../batches/settings.js";
import type { Credit } from "../credit.js";
import type { ReceivedRequest } from "../http-server.js";
import { json, type Reply } from "../reply.js";
import { ApiError } from "./api-error.js";
import { answerIn, errorIn, lineOfError, lineOfResponse } from "./batch-lines.js";
import { checkLines, checkOrder, checkQueue, ENDPOINT, readLine } from "./check-batch.js";
import { checkBody, checkKey, invalid, parse } from "./check-chat.js";
import { composeChat, type ChatSettings } from "./chat-completions.js";
import type { FileDesk } from "./files.js";

export interface BatchRoutes {
  readonly desk: BatchDesk;
  readonly files: FileDesk;
  readonly settings: ChatSettings;
  readonly billing: Billing;
  readonly credit: Credit;
}

const USUAL_PAGE = 20;
const LARGEST_PAGE = 100;
const HOUR = 3_600_000;

export function noCredit(): ApiError {
  const words = "You exceeded your current quota, please check your plan and billing details.";
  return new ApiError(429, "insufficient_quota", "insufficient_quota", words);
}

const seconds = (milliseconds: number | undefined) =>
  milliseconds === undefined ? null : Math.floor(milliseconds / 1000);

function statusOf({ stage, ending }: BatchJob): string {
  if (stage === "canceling") return "cancelling";
  if (stage !== "ended") return stage;
  return ending === "canceled" ? "cancelled" : ending;
}

const LEFT_UNDONE = {
  expired: {
    code: "batch_expired",
    words: "This request could not be executed before the completion window expired.",
  },
  canceled: { code: "batch_cancelled", words: "This request was cancelled." },
};

function lineLeftUndone(request: BatchedRequest, kind: "canceled" | "expired"): string {
  const { code, words } = LEFT_UNDONE[kind];
  return lineOfError(request, code, words);
}

/** The ids of the two files with the results, made when they are first asked for. */
class ResultFiles {
  private readonly made = new Map<string, string | null | undefined>();

  constructor(private readonly routes: BatchRoutes) {}

  idOf(job: BatchJob, which: "output" | "error"): string | null | undefined {
    const { desk, files } = this.routes;
    if (job.stage !== "ended") return null;
    const name = `${job.id}_${which}`;
    if (!this.made.has(name)) {
      const isWanted = ({ kind }: RequestOutcome) => (kind === "succeeded") === (which === "output");
      // Of requests that were not done when a batch was cancelled there is no line at all.
      const outcomes = job.outcomes.filter((outcome) => isWanted(outcome) && outcome.line !== "");
      const file = {
        purpose: "batch_output",
        filename: `${name}.jsonl`,
        createdAt: desk.settings.now(),
        // Results may be in any order.
        lines: () => outcomes.map(({ line }) => line).reverse(),
        bytes: outcomes.reduce((sum, { line }) => sum + Buffer.byteLength(line) + 1, 0),
      };
      this.made.set(name, outcomes.length === 0 ? desk.settings.noFile : files.add(file).id);
    }
    return this.made.get(name);
  }
}

/** The batch API of an emulated account. */
export class BatchApi {
  private readonly files: ResultFiles;
  private readonly problems = new WeakMap<BatchJob, readonly (string | undefined)[]>();

  constructor(private readonly routes: BatchRoutes) {
    this.files = new ResultFiles(routes);
  }

  /** `/v1/batches` and what lies below it; `undefined` for other paths. @throws ApiError */
  answer(received: ReceivedRequest): Reply | undefined {
    const [whole, id = "", part = ""] =
      /^\/v1\/batches(?:\/([^/]+)(?:\/(cancel))?)?$/u.exec(received.path) ?? [];
    if (whole === undefined) return undefined;
    checkKey(received, this.routes.settings.keys);
    switch ([received.method, id === "" ? "" : "id", part].join(" ").trim()) {
      case "POST":
        return this.create(received);
      case "GET":
        return this.list(received);
      case "GET id":
        return json(this.told(this.found(id, this.routes.desk.look(id))));
      case "POST id cancel":
        return this.cancel(id);
      default:
        return undefined;
    }
  }

  /** What a batch is turned down for when it is validated. */
  validate(job: BatchJob): JobFailure | undefined {
    const { desk, settings } = this.routes;
    const problems = this.problems.get(job) ?? [];
    const failure = checkLines({ requests: job.requests, problems }, settings.models, desk.settings);
    if (failure !== undefined || desk.settings.queueLimit === Infinity) return failure;
    const waiting = desk.unfinished.filter((other) => other !== job && other.stage !== "validating");
    const tokens = waiting.reduce((sum, other) => sum + this.tokensOf(other), 0);
    return checkQueue(job, tokens, this.tokensOf(job), desk.settings);
  }

  private tokensOf({ requests }: BatchJob): number {
    const { tokenizer } = this.routes.settings;
    return requests.reduce((sum, { body }) => sum + tokenizer.count(JSON.stringify(body)), 0);
  }

  private found(id: string, job: BatchJob | undefined): BatchJob {
    if (job !== undefined) return job;
    throw new ApiError(404, "invalid_request_error", null, `No batch found with id '${id}'.`);
  }

  private told(job: BatchJob): object {
    const { now, expiresAfterMs } = this.routes.desk.settings;
    const { code, words, line } = job.failure ?? {};
    const errors = code === undefined ? null : [{ code, message: words, line, param: null }];
    const ended = job.stage === "ended" ? job.ending : undefined;
    return {
      id: job.id,
      object: "batch",
      endpoint: ENDPOINT,
      errors: errors === null ? null : { object: "list", data: errors },
      ...job.facts,
      completion_window: "24h",
      status: statusOf(job),
      output_file_id: this.files.idOf(job, "output"),
      error_file_id: this.files.idOf(job, "error"),
      created_at: seconds(job.createdAt),
      expires_at: seconds(job.createdAt + expiresAfterMs),
      failed_at: job.stage === "failed" ? seconds(job.endedAt ?? now()) : null,
      completed_at: ended === "completed" ? seconds(job.endedAt) : null,
      expired_at: ended === "expired" ? seconds(job.endedAt) : null,
      cancelling_at: seconds(job.cancelAt),
      cancelled_at: ended === "canceled" ? seconds(job.endedAt) : null,
      request_counts: {
        // Nothing is counted before the file has been read.
        total: job.stage === "validating" || job.stage === "failed" ? 0 : job.requests.length,
        completed: job.count("succeeded"),
        failed: job.count("errored"),
      },
    };
  }

  private create(received: ReceivedRequest): Reply {
    const { desk, files, credit } = this.routes;
    const { inputFileId, metadata } = checkOrder(parse(received));
    const file = files.get(inputFileId);
    if (file?.purpose !== "batch") throw invalid("Invalid 'input_file_id': no such file.", "invalid_value");
    if (desk.createdSince(desk.settings.now() - HOUR) >= desk.settings.createsPerHour) {
      throw new ApiError(429, "requests", "rate_limit_exceeded", "Rate limit reached for batch creations.");
    }
    if (credit.isOut) {
      const words = "Billing hard limit has been reached";
      throw new ApiError(400, "invalid_request_error", "billing_hard_limit_reached", words);
    }
    const batchNumber = desk.nextNumber;
    const id = `batch_emulated_${String(batchNumber).padStart(6, "0")}`;
    const lines = file.lines().map(readLine);
    const requests = lines.map(({ customId, body }, index) => ({
      ...{ customId, body, index, batchId: id, batchNumber },
    }));
    const work = {
      done: (request: BatchedRequest) => this.doRequest(request, received.number),
      left: (request: BatchedRequest, kind: "canceled" | "expired"): RequestOutcome => ({
        kind,
        line: kind === "canceled" ? "" : lineLeftUndone(request, kind),
      }),
    };
    const facts = { input_file_id: file.id, metadata };
    const job = new BatchJob(id, desk.settings.now(), facts, requests, work, true);
    this.problems.set(
      job,
      lines.map(({ problem }) => problem),
    );
    desk.add(job);
    return json(this.told(job));
  }

  private doRequest(request: BatchedRequest, requestNumber: number): RequestOutcome {
    const { desk, settings, billing, credit } = this.routes;
    const planned = desk.settings.outcome(request);
    if (planned?.kind === "canceled" || planned?.kind === "expired") {
      return { kind: planned.kind, line: lineLeftUndone(request, planned.kind) };
    }
    try {
      if (planned?.kind === "errored") {
        const { status = 400, type, code = null, words } = planned;
        throw new ApiError(status, type, code, words);
      }
      const checked = checkBody(request.body, settings);
      if (checked.isStreamed) throw invalid("Streaming is not supported in batches.");
      const id = `chatcmpl-${request.batchNumber}-${request.index + 1}`;
      const { body, usage } = composeChat(checked, settings, id, planned?.fault);
      if (!credit.spend()) throw noCredit();
      billing.add({
        requestNumber,
        requestId: `req_emulated_${request.batchNumber}_${request.index + 1}`,
        model: checked.model,
        bodyHash: hashOfBody(checked.body),
        usage,
        batch: { id: request.batchId, customId: request.customId, priceShare: 0.5 },
      });
      return {
        kind: "succeeded",
        line: lineOfResponse(request, 200, answerIn(body, planned?.stopReason)),
      };
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      return { kind: "errored", line: lineOfResponse(request, error.status, errorIn(error)) };
    }
  }

  private list({ query }: ReceivedRequest): Reply {
    const limit = Number(query.get("limit") ?? USUAL_PAGE);
    if (!Number.isInteger(limit) || limit < 1 || limit > LARGEST_PAGE) {
      throw invalid(`Invalid 'limit': expected a value from 1 to ${LARGEST_PAGE}.`);
    }
    const page = pageOf(this.routes.desk.listed(), limit, query.get("after"));
    if (page === undefined) throw invalid("Invalid 'after': no such batch.");
    return json({
      object: "list",
      data: page.items.map((job) => this.told(job)),
      first_id: page.items[0]?.id ?? null,
      last_id: page.items.at(-1)?.id ?? null,
      has_more: page.hasMore,
    });
  }

  private cancel(id: string): Reply {
    const job = this.found(id, this.routes.desk.visible(id));
    if (job.isOver) {
      const words = `Cannot cancel a batch with status '${statusOf(job)}'.`;
      throw new ApiError(409, "invalid_request_error", null, words);
    }
    if (job.stage !== "canceling") job.cancel(this.routes.desk.settings.now());
    return json(this.told(job));
  }
}
