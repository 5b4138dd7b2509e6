import { laneOf, type HeldMessage, type Unit } from "./unit.js";

/** The unit that these messages are: what it waits for follows from them. */
export function unitOf(messages: readonly [HeldMessage, ...HeldMessage[]]): Unit {
  const [held, ...answers] = messages;
  const first = held.message;
  const calls = first.role === "assistant" ? (first.toolCalls ?? []) : [];
  const openCalls = new Set(calls.map(({ id }) => id));
  for (const { message } of answers) if (message.role === "tool") openCalls.delete(message.toolCallId);
  return {
    lane: laneOf(first),
    messages: [{ ...held }, ...answers.map((answer) => ({ ...answer }))],
    openCalls,
  };
}
