import { InvalidOptionError, SummarizationError } from "@gro/summarizer";
import { reasonOf, resolvePlanOptions, type PlanSettings } from "@gro/summarizer/executor";
import {
  StoreError,
  textToSend,
  type Claim,
  type DeadLetterReason,
  type ReadPage,
  type SummaryRequest,
} from "@gro/queue";
import type { BatchProvider } from "../ports/batch-provider.js";
import type { Tick } from "../worker/worker-parts.js";
import {
  invalidRequest,
  PAGE_EMPTY,
  pageUnreadable,
  planFailed,
  tooManyLapses,
  unknownModel,
} from "./dead-letters.js";
import { ItemInHand, type OpenItem } from "./item-in-hand.js";
import { missingPage } from "./missing-page.js";
import { Replay } from "./replay.js";

/** What a first look at an item comes to. */
export type Opened =
  | { readonly kind: "open"; readonly open: OpenItem }
  | { readonly kind: "dead"; readonly reason: DeadLetterReason }
  /** The store failed: not the item's fault. */
  | { readonly kind: "later" };

/** A page, read or not. */
export type PageRead =
  | { readonly kind: "read"; readonly page: ReadPage }
  | { readonly kind: "dead"; readonly reason: DeadLetterReason }
  | { readonly kind: "later" };

/** Failures of a page store that come again however often it is asked. */
const UNREADABLE: ReadonlySet<string> = new Set(["page_unreadable", "invalid_page_id"]);

/** Reads an item's page. Never rejects. */
export async function readPage(tick: Tick, { item, lapses }: Claim): Promise<PageRead> {
  const { store, maxLapses } = tick.settings;
  if (lapses >= maxLapses) return { kind: "dead", reason: tooManyLapses(lapses) };
  try {
    const page = await store.pages.read(item.pageId);
    if (page === undefined) return await missingPage(tick);
    const content: unknown = page.page.content;
    if (typeof content !== "string") {
      return { kind: "dead", reason: pageUnreadable("page_unreadable", "The page's content is no string.") };
    }
    return textToSend(content).trim() === "" ? { kind: "dead", reason: PAGE_EMPTY } : { kind: "read", page };
  } catch (error) {
    if (StoreError.isInstance(error) && UNREADABLE.has(error.code)) {
      return { kind: "dead", reason: pageUnreadable(error.code, error.message) };
    }
    tick.tellError("reading a page", error, { pageId: item.pageId });
    return { kind: "later" };
  }
}

/** The item's own wishes before the worker's. Of two targets, the one that stands nearer to the item counts. */
function requestOver(defaults: SummaryRequest, request: SummaryRequest): SummaryRequest {
  const given = Object.fromEntries(Object.entries(request).filter(([, value]) => value !== undefined));
  const { targetRatio, ...others } = defaults;
  const keepsRatio = given["targetTokens"] === undefined && targetRatio !== undefined;
  return { ...others, ...(keepsRatio ? { targetRatio } : {}), ...given };
}

/** Plans a page. Never rejects. */
export async function openItem(tick: Tick, claim: Claim, read: ReadPage): Promise<Opened> {
  const { settings, providers, tokenizer } = tick;
  const { item } = claim;
  const { content } = read.page;
  const { contentHash } = read;
  const { batchDeadline } = settings;
  try {
    const { model, ...request } = requestOver(settings.defaults, item.request);
    if (model !== undefined && typeof model !== "string") {
      throw new InvalidOptionError("model", model, "the name of a model");
    }
    const usual = providers.forModel(model);
    if (usual === undefined) return { kind: "dead", reason: unknownModel(model ?? "") };
    const { modelId } = usual;
    const { plan } = resolvePlanOptions({ ...request, tokenizer }, modelId);
    const afterDeadline = providers.afterDeadline(model, modelId);
    const deadlineAt =
      batchDeadline === undefined || afterDeadline === undefined
        ? null
        : item.queuedAt + batchDeadline.afterMs;
    const isOverdue = deadlineAt !== null && deadlineAt <= tick.storeTime.now();
    const provider = isOverdue && afterDeadline !== undefined ? afterDeadline : usual;
    // The steps are the same whoever is asked: a deadline must not divide otherwise than the batches did.
    const replay = await planned(tick, textToSend(content), plan, usual);
    if ("code" in replay) return { kind: "dead", reason: replay };
    const hasOwnModel = modelId !== settings.provider.modelId;
    return {
      kind: "open",
      open: {
        item: new ItemInHand(claim, deadlineAt),
        ...{ replay, content, contentHash, provider, modelId, hasOwnModel },
      },
    };
  } catch (error) {
    return { kind: "dead", reason: invalidRequest(reasonOf(error)) };
  }
}

/** Planning is pure: what it throws, it would throw again. */
async function planned(
  { tokenizer, turns }: Tick,
  content: string,
  settings: PlanSettings,
  provider: BatchProvider,
): Promise<Replay | DeadLetterReason> {
  try {
    return await Replay.plan(content, settings, tokenizer, provider, turns);
  } catch (error) {
    return planFailed(SummarizationError.isInstance(error) ? error.code : "plan_failed", reasonOf(error));
  }
}
