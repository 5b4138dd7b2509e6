export { summarize } from "./summarize.js";
export { streamSummary, type SummaryStream, type SummaryStreamEvent } from "./stream-summary.js";
export { estimate, type Estimate, type EstimatedRange, type EstimateOptions } from "./estimate.js";
export { createSummarizer, type Summarizer } from "./create-summarizer.js";
export { chunkText } from "./chunk-text.js";
export { summaryEvents } from "./summary-events.js";
export { toStorageRecord } from "./storage-record.js";
export {
  updateConversationSummary,
  type ConversationUpdate,
  type UpdateConversationOptions,
} from "./conversation/update-conversation-summary.js";
export {
  readConversationSummary,
  type ReadConversationOptions,
} from "./conversation/read-conversation-summary.js";
export { memorySummaryRecords } from "./conversation/memory-summary-records.js";
export type { ConversationTurn } from "./conversation/turn.js";
export type { PutOutcome, SummaryRecordStore, SummaryStorageRecord } from "./ports/summary-record-store.js";
export type { SummaryResult } from "./summary-result.js";
export type { SummarizeOptions } from "./options/summarize-options.js";

export type { GenerateRequest, LanguageModel, StreamPart } from "./ports/language-model.js";
export type { LoadableTokenizer, Tokenizer } from "./ports/tokenizer.js";
export type { Memo } from "./ports/memo.js";
export type { Clock } from "./ports/clock.js";
export type { RetryDecision, RetryPolicy } from "./ports/retry-policy.js";
export type {
  FinishedEvent,
  PlannedEvent,
  ProgressCounts,
  StepDoneEvent,
  StepRetriedEvent,
  StepStartedEvent,
  SummaryEventMap,
  SummaryEventSink,
} from "./ports/summary-events.js";

export { tiktoken } from "./tokens/tiktoken.js";
export { approximate } from "./tokens/approximate.js";
export { memoryMemo } from "./execute/memory-memo.js";
export { systemClock } from "./execute/system-clock.js";
export { exponentialRetry, type RetryOptions } from "./execute/exponential-retry.js";
export type { Budget } from "./execute/budget.js";
export type { FinalTextEvent } from "./execute/final-text.js";
export { costOf, type ModelPrice, type PriceList } from "./cost/model-price.js";
export { listPrices } from "./cost/price-table.js";
export { genaiPrices, type GenaiPrices } from "./cost/genai-prices.js";
export { fromAiSdk, type AdapterOptions, type AiSdkCall, type AiSdkModel } from "./adapters/from-ai-sdk.js";
export { fromLangChain, type LangChainModel } from "./adapters/from-lang-chain.js";
export { checkApiKey, isKeyAbsent, type KeyOwner } from "./adapters/api-key.js";
export { checkBaseUrl, tellableAddress } from "./adapters/base-url.js";
export { addressOfClient, checkClient, type ClientSettings } from "./adapters/callers-client.js";
export { checkModelSettings, type ModelSettings } from "./adapters/check-options.js";
export { ErrorInAnswer, refuseErrorBody } from "./adapters/error-in-answer.js";
export { failureOf } from "./adapters/failure-of.js";
export { modelErrorFrom, type FailedCall } from "./adapters/model-error-from.js";
export { requestIdOf } from "./adapters/request-id.js";
export { withSecretsRead } from "./adapters/secrets-in.js";
export { usageFrom, type ReportedUsage } from "./adapters/reported-usage.js";
export { askForResults } from "./adapters/batch/ask-for-results.js";
export { askOnce, UnexpectedAnswer, type CallOptions, type CallTime } from "./adapters/batch/ask-once.js";
export {
  resolveBatchSettings,
  type BatchSettings,
  type BatchSettingsOptions,
} from "./adapters/batch/batch-settings.js";
export { blobOf, bytesOf } from "./adapters/batch/blob-of.js";
export {
  failedCreation,
  toldFailure,
  type FailedCreation,
  type ToldFailure,
} from "./adapters/batch/failed-creation.js";
export { isMissing } from "./adapters/batch/is-missing.js";
export { timeByProvider, type TimeOfIntent } from "./adapters/batch/time-by-provider.js";
export { malformedLine, readResultLines, type ResultLine } from "./adapters/batch/result-lines.js";
export { failureOfCall, malformedAnswer, type SdkCall, type SdkConnection } from "./adapters/sdk-call.js";
export {
  streamedAnswer,
  type AnswerInPieces,
  type SdkStream,
  type WholeAnswer,
} from "./adapters/streamed-answer.js";
export type { SummaryUsage } from "./execute/usage.js";

export {
  SummarizationError,
  type ErrorContext,
  type SummarizationErrorCode,
} from "./errors/summarization-error.js";
export { ModelError, type ModelErrorDetails, type ModelErrorKind } from "./errors/model-error.js";
export { InvalidOptionError } from "./errors/invalid-option-error.js";
export {
  BudgetExceededError,
  type BudgetExceededDetails,
  type BudgetLimit,
} from "./errors/budget-exceeded-error.js";
export { InvalidContentError } from "./errors/invalid-content-error.js";
export {
  BrokenStreamError,
  CallTimeoutError,
  CompletionRejectedError,
  StepFailedError,
  UnknownStreamPartError,
} from "./execute/step-error.js";
export { RecordConflictError, RecordStoreFailedError } from "./errors/record-store-error.js";
export { TokenizerFailedError, TokenizerNotLoadedError } from "./errors/tokenizer-error.js";

export type { Chunk } from "./plan/chunk/chunk.js";
export type { Completion, CompletionRequest, CompletionUsage, FinishReason } from "./plan/completion.js";
export type { Rejection, RejectionReason } from "./plan/judge-completion.js";
export type { Fit } from "./plan/node-summary.js";
export type { SourceNode } from "./plan/outcome.js";
export type { ContentPrompts, ContentType } from "./plan/prompts/content-type.js";
export type { StepDescription, StepKind } from "./plan/step.js";
export type { Warning } from "./plan/warning.js";

export {
  readPrompt,
  type LengthLimit,
  type PromptView,
  type Section,
  type SectionName,
} from "./plan/prompts/frame.js";
export { sentenceSpans, type TextSpan } from "./plan/text/sentences.js";
export { countWords } from "./plan/text/words.js";
export { trimToTokens } from "./plan/text/trim.js";
