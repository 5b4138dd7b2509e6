import * as corpus from "../support/corpus.js";
import { agentChatCases } from "./support/agent-chat-cases.js";
import { chat } from "./support/chats.js";
import { meetingChat } from "./support/meeting-chat.js";

const MESSAGES = 2_000;

agentChatCases([
  {
    name: `a generated chat of ${MESSAGES} messages with tools`,
    isAbsent: false,
    messages: () => chat({ seed: 4, messages: MESSAGES, words: 20 }),
    budgets: { workingMemoryTokens: 18_000, pageSlotTokens: 18_000 },
    ...{ kills: 20, leastPages: 30, leastImportantUnderFold: 8 },
  },
  {
    name: `a chat of ${MESSAGES} messages from meetings${corpus.note}`,
    isAbsent: corpus.isAbsent,
    messages: () => meetingChat(MESSAGES),
    budgets: { workingMemoryTokens: 18_000, pageSlotTokens: 18_000 },
    ...{ kills: 20, leastPages: 40, leastImportantUnderFold: 4 },
  },
]);
