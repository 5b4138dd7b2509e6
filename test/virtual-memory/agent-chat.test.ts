import { agentChatCases } from "./support/agent-chat-cases.js";
import { chat } from "./support/chats.js";

const MESSAGES = 120;

agentChatCases([
  {
    name: `a generated chat of ${MESSAGES} messages with tools`,
    isAbsent: false,
    messages: () => chat({ seed: 3, messages: MESSAGES, words: 30 }),
    budgets: { workingMemoryTokens: 3_000, pageSlotTokens: 3_000 },
    ...{ kills: 3, leastPages: 10, leastImportantUnderFold: 0 },
  },
]);
