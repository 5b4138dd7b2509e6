import { hashOfBody, type Billing } from "../billing.js";
import { BatchJob, type RequestOutcome } from "../batches/batch-job.js";
import type { BatchDesk } from "../batches/batch-desk.js";
import { pageOf } from "../batches/paging.js";
import type { BatchedRequest } from "../batches/settings.js";
import type { Credit } from "../credit.js";
import type { ReceivedRequest } from "../http-server.js";
import { json, type Reply } from "../reply.js";
import { ApiError } from "./api-error.js";
import { checkBatchParams, checkCreation } from "./check-batch.js";
import { checkHeaders, invalid } from "./check-messages.js";
import { composeMessage, type MessagesSettings } from "./messages.js";

export interface BatchRoutes {
  readonly desk: BatchDesk;
  readonly settings: MessagesSettings;
  readonly billing: Billing;
  readonly credit: Credit;
  /** Where this emulator is, as `results_url` says. */
  readonly origin: () => string;
}

const NO_CREDIT =
  "Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade or purchase credits.";
const USUAL_PAGE = 20;
const LARGEST_PAGE = 1_000;

export function noCredit(): ApiError {
  return new ApiError(400, "invalid_request_error", NO_CREDIT);
}

const timeOf = (milliseconds: number | undefined) =>
  milliseconds === undefined ? null : new Date(milliseconds).toISOString();

function batchAsTold(job: BatchJob, { desk, origin }: BatchRoutes): object {
  const { resultsOrigin, expiresAfterMs, keepsResultsMs, now } = desk.settings;
  const elsewhere = typeof resultsOrigin === "function" ? resultsOrigin() : resultsOrigin;
  const archivedAt = job.endedAt === undefined ? undefined : job.endedAt + keepsResultsMs;
  const isArchived = archivedAt !== undefined && now() >= archivedAt;
  // Until the whole batch has ended, nothing is told of its requests.
  const count = (kind: RequestOutcome["kind"]) => (job.isOver ? job.count(kind) : 0);
  return {
    id: job.id,
    type: "message_batch",
    processing_status: job.isOver ? "ended" : job.stage === "canceling" ? "canceling" : "in_progress",
    request_counts: {
      processing: job.isOver ? 0 : job.requests.length,
      succeeded: count("succeeded"),
      errored: count("errored"),
      canceled: count("canceled"),
      expired: count("expired"),
    },
    created_at: timeOf(job.createdAt),
    expires_at: timeOf(job.createdAt + expiresAfterMs),
    ended_at: timeOf(job.endedAt),
    cancel_initiated_at: timeOf(job.cancelAt),
    archived_at: isArchived ? timeOf(archivedAt) : null,
    results_url:
      job.isOver && !isArchived ? `${elsewhere ?? origin()}/v1/messages/batches/${job.id}/results` : null,
  };
}

const lineOf = (customId: string, result: object) => JSON.stringify({ custom_id: customId, result });

function errored({ customId }: BatchedRequest, error: ApiError, requestId: string): RequestOutcome {
  return { kind: "errored", line: lineOf(customId, { type: "errored", error: error.body(requestId) }) };
}

/** Does a request of a batch. Its parameters are checked only now. */
function doRequest(
  request: BatchedRequest,
  { desk, settings, billing, credit }: BatchRoutes,
  version: string,
  requestNumber: number,
): RequestOutcome {
  const { customId, batchId, batchNumber, index } = request;
  const planned = desk.settings.outcome(request);
  if (planned?.kind === "canceled" || planned?.kind === "expired") return leaveRequest(request, planned.kind);
  const requestId = `req_emulated_${batchNumber}_${index + 1}`;
  try {
    if (planned?.kind === "errored") throw new ApiError(400, planned.type, planned.words);
    const checked = checkBatchParams(request.body, version, settings);
    const id = `msg_${batchNumber}_${index + 1}`;
    const { message, usage } = composeMessage(checked, settings, id, planned?.fault);
    if (!credit.spend()) throw noCredit();
    billing.add({
      requestNumber,
      requestId,
      model: checked.model,
      bodyHash: hashOfBody(checked.body),
      usage,
      batch: { id: batchId, customId, priceShare: 0.5 },
    });
    const told =
      planned?.stopReason === undefined ? message : { ...message, stop_reason: planned.stopReason };
    return { kind: "succeeded", line: lineOf(customId, { type: "succeeded", message: told }) };
  } catch (error) {
    if (error instanceof ApiError) return errored(request, error, requestId);
    throw error;
  }
}

function leaveRequest({ customId }: BatchedRequest, kind: "canceled" | "expired"): RequestOutcome {
  return { kind, line: lineOf(customId, { type: kind }) };
}

function create(received: ReceivedRequest, routes: BatchRoutes, version: string): Reply {
  const { desk, credit } = routes;
  const { settings, nextNumber: batchNumber } = desk;
  const requests = checkCreation(received, settings);
  const waiting = desk.unfinished.reduce((sum, job) => sum + job.requests.length, 0);
  const isTooOften = desk.createdSince(settings.now() - 3_600_000) >= settings.createsPerHour;
  if (isTooOften || waiting + requests.length > settings.queueLimit) {
    const words = "Your organization has reached its limit of batch requests in the processing queue.";
    throw new ApiError(429, "rate_limit_error", words);
  }
  if (credit.isOut) throw noCredit();
  const id = `msgbatch_emulated_${String(batchNumber).padStart(6, "0")}`;
  const batched = requests.map(({ customId, params }, index) => ({
    customId,
    body: params,
    index,
    batchId: id,
    batchNumber,
  }));
  const work = {
    done: (request: BatchedRequest) => doRequest(request, routes, version, received.number),
    left: leaveRequest,
  };
  const job = new BatchJob(id, settings.now(), {}, batched, work, false);
  desk.add(job);
  return json(batchAsTold(job, routes));
}

function list({ query }: ReceivedRequest, routes: BatchRoutes): Reply {
  const limit = Number(query.get("limit") ?? USUAL_PAGE);
  if (!Number.isInteger(limit) || limit < 1 || limit > LARGEST_PAGE) {
    throw invalid(`limit: Input should be from 1 to ${LARGEST_PAGE}`);
  }
  const page = pageOf(routes.desk.listed(), limit, query.get("after_id"), query.get("before_id"));
  if (page === undefined) throw invalid("after_id: there is no such batch");
  return json({
    data: page.items.map((job) => batchAsTold(job, routes)),
    has_more: page.hasMore,
    first_id: page.items[0]?.id ?? null,
    last_id: page.items.at(-1)?.id ?? null,
  });
}

function missing(id: string): ApiError {
  return new ApiError(404, "not_found_error", `Message batch with id '${id}' not found`);
}

function found(id: string, job: BatchJob | undefined): BatchJob {
  if (job === undefined) throw missing(id);
  return job;
}

function cancel(id: string, routes: BatchRoutes): Reply {
  const job = found(id, routes.desk.visible(id));
  if (job.isOver) throw invalid(`Message batch ${id} has ended and cannot be canceled`);
  if (job.stage !== "canceling") job.cancel(routes.desk.settings.now());
  return json(batchAsTold(job, routes));
}

function results(id: string, { desk }: BatchRoutes): Reply {
  const job = found(id, desk.visible(id));
  const { now, keepsResultsMs } = desk.settings;
  if (job.endedAt === undefined || now() >= job.endedAt + keepsResultsMs) {
    throw new ApiError(404, "not_found_error", `Results for message batch ${id} are not available`);
  }
  // Results may be in any order.
  return { kind: "lines", lines: job.outcomes.map(({ line }) => line).reverse() };
}

function remove(id: string, { desk }: BatchRoutes): Reply {
  const job = found(id, desk.visible(id));
  if (!job.isOver) throw invalid(`Message batch ${id} is in progress and cannot be deleted`);
  desk.remove(id);
  return json({ id, type: "message_batch_deleted" });
}

const PATH = /^\/v1\/messages\/batches(?:\/([^/]+)(?:\/(cancel|results))?)?$/u;

/** `/v1/messages/batches` and what lies below it; `undefined` for other paths. @throws ApiError */
export function answerBatches(received: ReceivedRequest, routes: BatchRoutes): Reply | undefined {
  const [whole, id, part] = PATH.exec(received.path) ?? [];
  if (whole === undefined) return undefined;
  const version = checkHeaders(received, routes.settings);
  const call = [received.method, id === undefined ? "" : "id", part ?? ""].join(" ").trim();
  switch (call) {
    case "POST":
      return create(received, routes, version);
    case "GET":
      return list(received, routes);
    case "GET id":
      return json(batchAsTold(found(id ?? "", routes.desk.look(id ?? "")), routes));
    case "DELETE id":
      return remove(id ?? "", routes);
    case "POST id cancel":
      return cancel(id ?? "", routes);
    case "GET id results":
      return results(id ?? "", routes);
    default:
      return undefined;
  }
}
