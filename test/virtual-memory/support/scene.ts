import { memoryStore, type DurableStore } from "@gro/queue";
import { approximate, type LanguageModel } from "@gro/summarizer";
import { scriptedModel, virtualClock } from "@gro/summarizer/testing";
import {
  VirtualMemory,
  type ChatMessage,
  type Context,
  type ContextPartKind,
  type VirtualMemoryEventMap,
  type VirtualMemoryEventSink,
  type VirtualMemoryOptions,
} from "@gro/virtual-memory";
import { seededRandom } from "../../support/prose.js";
import { watchPages } from "./all-pages.js";
import { handWorker } from "./hand-worker.js";

export const tokenizer = approximate();

/** Remembers what happened, by name and in order. */
export function recorder() {
  const told: { name: string; event: unknown }[] = [];
  const events: VirtualMemoryEventSink = {
    emit<Name extends keyof VirtualMemoryEventMap>(name: Name, ...event: VirtualMemoryEventMap[Name]) {
      told.push({ name, event: event[0] });
    },
  };
  return { told, events };
}

/** A memory with everything that it works with in view. */
export function scene(options: VirtualMemoryOptions = {}, store: DurableStore = memoryStore()) {
  const watched = watchPages(store);
  const model = scriptedModel({ tokenizer });
  const { told, events } = recorder();
  const settings: VirtualMemoryOptions = {
    ...{ store: watched.store, model, tokenizer, events, clock: virtualClock() },
    ...{ workingMemoryTokens: 2_000, pageSlotTokens: 2_000 },
    ...options,
  };
  return {
    ...{ settings, model, told },
    memory: new VirtualMemory(settings),
    store: watched.store,
    pages: watched.all,
    worker: handWorker(watched.store, model, tokenizer, seededRandom(1)),
  };
}

export function batchScene(options: VirtualMemoryOptions = {}, store?: DurableStore) {
  return scene({ enableBatchSummarization: true, ...options }, store);
}

/** A message of about so many tokens that can be told from others. */
export function says(role: "user" | "assistant" | "system", name: string, tokens = 60): ChatMessage {
  return {
    role,
    content: `${name} ${"word ".repeat(Math.max(0, Math.round((tokens - name.length / 4) * 0.88)))}.`,
  };
}

/** A call and its answer, of about so many tokens each. */
export function tool(id: string, tokens = 60): ChatMessage[] {
  const given = JSON.stringify({ query: `${id} ${"word ".repeat(Math.round(tokens * 0.8))}` });
  return [
    { role: "assistant", content: "", toolCalls: [{ id, name: "look_up", arguments: given }] },
    { role: "tool", toolCallId: id, content: `found by ${id} ${"word ".repeat(Math.round(tokens * 0.8))}` },
  ];
}

/** A dialogue of so many turns. */
export function dialogue(turns: number, tokens = 60): ChatMessage[] {
  return Array.from({ length: turns }, (_, index) =>
    says(index % 2 === 0 ? "user" : "assistant", `turn-${index};`, tokens),
  );
}

export function textOf(context: Context, ...kinds: readonly ContextPartKind[]): string {
  return context.parts
    .filter(({ kind }) => kinds.length === 0 || kinds.includes(kind))
    .map(({ message }) => message.content)
    .join("\n\n");
}

export function kindsOf(context: Context): ContextPartKind[] {
  return context.parts.map(({ kind }) => kind);
}

export function codesOf(context: Context): string[] {
  return context.warnings.map(({ code }) => code);
}

/** A model that waits until it is let go. */
export function waitingModel(model: LanguageModel) {
  const gates: (() => void)[] = [];
  let isOpen = false;
  return {
    model: {
      ...model,
      async generate(request: Parameters<LanguageModel["generate"]>[0]) {
        if (!isOpen) await new Promise<void>((resolve) => gates.push(resolve));
        return model.generate(request);
      },
    },
    open() {
      isOpen = true;
      for (const gate of gates.splice(0)) gate();
    },
    get waiting() {
      return gates.length;
    },
  };
}

/** The ids that stand in a text as refs. */
export function refsIn(text: string): string[] {
  return Array.from(text.matchAll(/@@ref\('(pg_[0-9a-f]{12})'\)@@/gu), ([, pageId = ""]) => pageId);
}
