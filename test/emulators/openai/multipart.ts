import type { ReceivedRequest } from "../http-server.js";

export interface FormPart {
  readonly filename: string | undefined;
  readonly content: string;
}

/** The parts of a form by their names; `undefined` when the request holds none. */
export function readForm({ headers, body }: ReceivedRequest): Map<string, FormPart> | undefined {
  const boundary = /boundary="?([^";]+)"?/u.exec(headers["content-type"] ?? "")?.[1];
  if (boundary === undefined) return undefined;
  const parts = new Map<string, FormPart>();
  for (const part of body.split(`--${boundary}`).slice(1, -1)) {
    const end = part.indexOf("\r\n\r\n");
    const head = part.slice(0, end);
    const name = /[; ]name="([^"]*)"/u.exec(head)?.[1];
    const filename = /filename="([^"]*)"/u.exec(head)?.[1];
    // A line break stands before the next boundary.
    if (name !== undefined) parts.set(name, { filename, content: part.slice(end + 4, -2) });
  }
  return parts;
}
