import { UsageError } from "./usage-error.js";

function encodingOf(bytes: Uint8Array): "utf-8" | "utf-16le" | "utf-16be" {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return "utf-16le";
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return "utf-16be";
  return "utf-8";
}

function decode(bytes: Uint8Array, encoding: string): string | undefined {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/**
 * Reads bytes as UTF-8, or as UTF-16 where a byte order mark says so; the mark itself is no part of the text.
 * @param name What the bytes are called in the message when they are no text.
 * @throws UsageError for anything else: a summary of garbage would look like a summary.
 */
export function decodeText(bytes: Uint8Array, name: string): string {
  const encoding = encodingOf(bytes);
  const hasNulBytes = encoding === "utf-8" && bytes.includes(0);
  const text = hasNulBytes ? undefined : decode(bytes, encoding);
  if (hasNulBytes || text?.includes("\0") === true) {
    throw new UsageError(
      `${name} is binary, not text: it has NUL characters in it. ` +
        "Extract its text first, for example from a PDF with pdftotext.",
    );
  }
  if (text !== undefined) return text;
  throw new UsageError(
    encoding === "utf-8"
      ? `${name} is not valid UTF-8. If it is text in another encoding, convert it first, for example with ` +
          "iconv -f WINDOWS-1252 -t UTF-8; if it is no text, extract its text."
      : `${name} is not valid UTF-16, as which its byte order mark announces it. Convert it to UTF-8 first.`,
  );
}
