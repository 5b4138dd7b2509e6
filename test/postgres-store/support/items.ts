import { contentHash, type Claim, type NewQueueItem, type Page } from "@gro/queue";
import type { Completion } from "@gro/summarizer";

export function item(pageId: string, rest: Partial<NewQueueItem> = {}): NewQueueItem {
  return { pageId, contentHash: contentHash(pageId), ...rest };
}

export function page(id: string, content = `What page ${id} says.`): Page {
  return { id, label: id, content, createdAt: "2026-01-01T00:00:00.000Z", messageCount: 1, tokens: 5 };
}

export function pageIds(claims: readonly Pick<Claim, "item">[]): string[] {
  return claims.map((claim) => claim.item.pageId);
}

export function completion(text: string): Completion {
  return { text, finishReason: "stop", usage: { inputTokens: 9, outputTokens: 2 } };
}
