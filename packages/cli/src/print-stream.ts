import type { Writable } from "node:stream";
import type { SummaryResult, SummaryStreamEvent } from "@gro/summarizer";
import { writeText } from "./write-text.js";

/** Shows a stream's events on standard output, each as it comes. */
export interface StreamPrinter {
  /** Whether somebody still reads. */
  print(event: SummaryStreamEvent): Promise<boolean>;
  /** Called when no event comes any more, for whatever reason. */
  end(): Promise<void>;
}

/** One JSON object a line for every event; the result is the last. */
export function jsonLines(stdout: Writable): StreamPrinter {
  return {
    print: (event) => writeText(stdout, `${JSON.stringify(event)}\n`),
    end: () => Promise.resolve(),
  };
}

/** What the text's surroundings do when it begins, and when what stands there turns out to have been a draft. */
export interface GrowingTextHooks {
  onBeginning(): void;
  onDraft(): Promise<void>;
}

/**
 * The text of the summary as it is written, for a terminal. What has been shown cannot be taken back there: to find the
 * beginning again one would have to know how the terminal breaks lines, and what has left the screen is out of reach. So a
 * draft stays, and the summary begins anew below it.
 */
export function growingText(stdout: Writable, hooks: GrowingTextHooks): StreamPrinter {
  let shown = "";
  const endLine = async () => {
    if (shown !== "" && !shown.endsWith("\n")) await writeText(stdout, "\n");
    shown = "";
  };
  return {
    async print(event) {
      if (event.kind === "textReset") {
        await endLine();
        await hooks.onDraft();
        return true;
      }
      if (event.kind !== "textDelta") return true;
      if (shown === "") hooks.onBeginning();
      shown += event.text;
      return writeText(stdout, event.text);
    },
    end: endLine,
  };
}

/** Prints a stream to its end, and has its result; stops it and has none when nobody reads any more. */
export async function printStream(
  events: AsyncIterable<SummaryStreamEvent>,
  printer: StreamPrinter,
): Promise<SummaryResult | undefined> {
  try {
    for await (const event of events) {
      const isRead = await printer.print(event);
      if (event.kind === "result") return event.result;
      if (!isRead) return undefined;
    }
    return undefined;
  } finally {
    await printer.end();
  }
}
