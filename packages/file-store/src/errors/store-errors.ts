import { StoreError } from "@gro/queue";
import { codeOf, reasonOf } from "./error-code.js";

/** Something that the operating system would not do. @param doing for example "append to" */
export function failed(doing: string, path: string, error: unknown): StoreError {
  const reason = reasonOf(error);
  return new StoreError({
    code: "store_failed",
    message: `Cannot ${doing} ${path}: ${reason}.`,
    context: { file: path, reason, systemCode: codeOf(error) ?? null },
    cause: error,
  });
}

/** After a write or a sync that failed, nobody knows what is on the disk: only opening the store again finds out. */
export function refusing(path: string, reason: string, cause: unknown): StoreError {
  return new StoreError({
    code: "store_failed",
    message:
      `The store stopped writing: ${path}: ${reason}. What it acknowledged is safe. ` +
      "Mend the cause and open the store again.",
    context: { file: path, reason, systemCode: codeOf(cause) ?? null },
    cause,
  });
}

/** @param offset where in the file, in bytes */
export function corrupt(path: string, offset: number, what: string): StoreError {
  return new StoreError({
    code: "store_corrupt",
    message: `${path} is damaged at byte ${offset}: ${what}. Restore it from a backup; FORMAT.md tells what the line must be.`,
    context: { file: path, offset },
  });
}

/** @param field of the record, which is none that a reader takes */
export function unreadable(kind: string, field: string): StoreError {
  return new StoreError({
    code: "invalid_item",
    message: `Nothing was written: no reader would take ${field} of the record ${kind}.`,
    context: { record: kind, field },
  });
}

export function newerVersion(path: string, version: number, known: number): StoreError {
  return new StoreError({
    code: "store_newer_version",
    message: `${path} has format version ${version}, and this program knows ${known}: update @gro/file-store.`,
    context: { file: path, version, known },
  });
}

export function closed(): StoreError {
  return new StoreError({ code: "store_closed", message: "The store is closed." });
}

export function unreadablePage(path: string, pageId: string, reason: string, cause?: unknown): StoreError {
  return new StoreError({
    code: "page_unreadable",
    message: `Page ${pageId} cannot be read from ${path}: ${reason}.`,
    context: { file: path, pageId, reason },
    ...(cause !== undefined && { cause }),
  });
}
