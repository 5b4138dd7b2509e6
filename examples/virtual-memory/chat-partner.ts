import type { LanguageModel } from "@gro/summarizer";
import type { ChatMessage } from "@gro/virtual-memory";

/** Who answers in the chat: gets the context as the memory has assembled it, and says what comes next. */
export type ChatPartner = (context: readonly ChatMessage[]) => Promise<string>;

/** A model with a key. A host that calls an SDK itself sends the messages as such; here they are told as one text. */
export function modelPartner(model: LanguageModel): ChatPartner {
  return async (context) => {
    const [first, ...rest] = context;
    const system = first?.role === "system" ? first.content : "";
    const told = (first?.role === "system" ? rest : context).map(
      ({ role, content }) => `${role}: ${content}`,
    );
    const prompt = `${told.join("\n\n")}\n\nassistant:`;
    return (await model.generate({ system, prompt, maxOutputTokens: 500 })).text.trim();
  };
}
