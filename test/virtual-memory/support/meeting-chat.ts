import type { ChatMessage } from "@gro/virtual-memory";
import { qmsumMeetings } from "../../support/corpus.js";
import { seededRandom } from "../../support/prose.js";

/**
 * A chat of so many messages made of what people said in real meetings: an assistant that now and then calls a tool, a user, notes of
 * the system. Some lines are tagged, and the assistant asks for pages that it has seen named.
 */
export function meetingChat(count: number, seed = 1): ChatMessage[] {
  const random = seededRandom(seed);
  const turns = qmsumMeetings().flatMap(({ text }) => text.split("\n"));
  const messages: ChatMessage[] = [];
  let next = 0;
  const said = () => turns[next++ % turns.length] ?? "";
  while (messages.length < count) {
    const number = messages.length;
    const luck = random();
    if (luck < 0.12 && count - number >= 3) {
      const ids = [`call_${number}_a`, `call_${number}_b`];
      const toolCalls = ids.map((id) => ({ id, name: "minutes", arguments: JSON.stringify({ turn: next }) }));
      messages.push({ role: "assistant", content: "", toolCalls });
      for (const toolCallId of ids)
        messages.push({ role: "tool", toolCallId, content: [said(), said()].join("\n") });
      continue;
    }
    const role = luck < 0.5 ? "user" : luck < 0.97 ? "assistant" : "system";
    const lines = [said()];
    if (random() < 0.02) lines.push(`Decision ${number}: ${said().slice(0, 80)} @@important@@`);
    if (random() < 0.05) lines.push(`thinking aloud ${number} @@ephemeral@@`);
    messages.push({ role, content: lines.join("\n") });
  }
  return messages.slice(0, count);
}
