export type { Completion, CompletionRequest, CompletionUsage, FinishReason } from "./plan/completion.js";
export type { GenerateRequest, LanguageModel } from "./ports/language-model.js";
export type { LoadableTokenizer, Tokenizer } from "./ports/tokenizer.js";
export type { Memo } from "./ports/memo.js";
export type { Clock } from "./ports/clock.js";
export {
  readPrompt,
  type LengthLimit,
  type PromptView,
  type Section,
  type SectionName,
} from "./plan/prompts/frame.js";
export { sentenceSpans, type TextSpan } from "./plan/text/sentences.js";
export { countWords } from "./plan/text/words.js";
