/** The kinds of content with prompts of their own. */
export const CONTENT_TYPES = ["general", "conversation", "journal", "document"] as const;

export type ContentType = (typeof CONTENT_TYPES)[number];

/** What a summary of a kind of content should keep. Both texts become part of the system text. */
export interface ContentPrompts {
  /** Guidance for summarizing the content itself, in full sentences. */
  readonly instructions: string;
  /** Guidance for merging summaries of neighbouring parts. Default: `instructions`. */
  readonly mergeInstructions?: string;
}

const PROMPTS: Record<ContentType, ContentPrompts> = {
  general: {
    instructions: "Keep the main points, who and what they concern, and how they follow from each other.",
    mergeInstructions: "Join the main points into one account; say once what several parts repeat.",
  },
  conversation: {
    instructions:
      "It is a conversation. Keep who wanted what, what was decided and why, open questions, promises and stated preferences; leave out greetings and small talk.",
    mergeInstructions:
      "They cover one conversation. A later decision replaces an earlier one; keep who decided, what is still open and what was promised.",
  },
  journal: {
    instructions:
      "It is a personal journal. Keep events with their dates, the people in them, feelings and what changed; keep the writer's view and person.",
    mergeInstructions:
      "They cover one personal journal. Keep the order of days, what changed over time and the threads that run through; keep the writer's view and person.",
  },
  document: {
    instructions:
      "It is a document. Keep its purpose, claims with their evidence and figures, definitions, conclusions and requirements, in its order.",
    mergeInstructions:
      "They cover one document. Keep its line of argument, figures and conclusions, each point once, in its order.",
  },
};

/** What guides the prompts of a node: chunks by the one text, merges by the other. */
export function guidanceFor(prompts: ContentPrompts, nodeKind: "chunk" | "merge"): string {
  const { instructions, mergeInstructions = instructions } = prompts;
  return nodeKind === "merge" ? mergeInstructions : instructions;
}

/** The built-in prompts of a content type. */
export function promptsFor(contentType: ContentType): ContentPrompts {
  return PROMPTS[contentType];
}
