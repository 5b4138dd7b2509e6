import type { VirtualMemory } from "@gro/virtual-memory";
import type { ChatPartner } from "./chat-partner.js";

/** So often a partner may ask for pages before it has to answer. */
const MOST_LOOKUPS = 3;
const REF = /@@ref\('/u;

/** One turn: what was said is added, the context assembled and sent, the answer added. Yields everything that the partner says. */
export async function* takeTurn(
  memory: VirtualMemory,
  partner: ChatPartner,
  line: string,
): AsyncGenerator<string> {
  await memory.add({ role: "user", content: line });
  for (let lookups = 0; lookups <= MOST_LOOKUPS; lookups += 1) {
    // A page that the partner has asked for is loaded with the next context.
    const { messages } = await memory.assemble();
    const answer = await partner(messages);
    if (answer === "") return;
    yield answer;
    await memory.add({ role: "assistant", content: answer });
    if (!REF.test(answer)) return;
  }
}
