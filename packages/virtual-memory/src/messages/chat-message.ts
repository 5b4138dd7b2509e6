/** A message's lane is its role: lanes are paged one by one. */
export const LANES = ["assistant", "user", "system", "tool"] as const;

export type Lane = (typeof LANES)[number];

/** A tool that the assistant wants called. OpenAI's `tool_calls[].id`, Anthropic's `tool_use.id`. */
export interface ToolCall {
  readonly id: string;
  readonly name: string;
  /** As JSON text, the way OpenAI sends it; Anthropic's `input` goes through `JSON.stringify`. */
  readonly arguments: string;
}

interface MessageFields {
  readonly content: string;
  /** Who of several speaks. */
  readonly name?: string | undefined;
  /** 0 to 1. From 0.7 on the message is paged after the others. The highest one stands in the page as `maxImportance`. */
  readonly importance?: number | undefined;
}

export interface UserMessage extends MessageFields {
  readonly role: "user";
}

export interface SystemMessage extends MessageFields {
  readonly role: "system";
}

export interface AssistantMessage extends MessageFields {
  readonly role: "assistant";
  /** @default none */
  readonly toolCalls?: readonly ToolCall[] | undefined;
}

/** What a tool answered. OpenAI's message of the role `tool`, Anthropic's block `tool_result`. */
export interface ToolMessage extends MessageFields {
  readonly role: "tool";
  /** The `id` of the call: OpenAI's `tool_call_id`, Anthropic's `tool_use_id`. */
  readonly toolCallId: string;
}

/** A message of a chat in a shape that knows no vendor. Plain data. */
export type ChatMessage = UserMessage | SystemMessage | AssistantMessage | ToolMessage;
