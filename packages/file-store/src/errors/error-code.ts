/** The `code` of an error of the operating system, such as `ENOENT`. */
export function codeOf(error: unknown): string | undefined {
  if (typeof error !== "object" || error === null || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}

/** Whether something is simply not there. A file that stands where a directory should be has nothing below it either. */
export function isMissing(error: unknown): boolean {
  return codeOf(error) === "ENOENT";
}

/** What an error says, in a few words. */
export function reasonOf(error: unknown): string {
  const code = codeOf(error);
  const known = code === undefined ? undefined : REASONS[code];
  if (known !== undefined) return `${known} (${code})`;
  return code ?? (error instanceof Error ? error.message : String(error));
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EPERM: "not permitted",
  EROFS: "the file system is read-only",
  ENOSPC: "the disk is full",
  EDQUOT: "the disk quota is used up",
  EIO: "the disk reported an error",
  ENOTDIR: "a file stands where a directory is needed",
  EISDIR: "it is a directory",
  ENOENT: "it does not exist",
  EMFILE: "this process has too many files open",
  ENFILE: "the machine has too many files open",
};
