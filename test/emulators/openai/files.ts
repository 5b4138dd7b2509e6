import type { BatchSettings } from "../batches/settings.js";
import type { ReceivedRequest } from "../http-server.js";
import { json, type Reply } from "../reply.js";
import { ApiError } from "./api-error.js";
import { checkKey, invalid, type Allowed } from "./check-chat.js";
import { readForm } from "./multipart.js";

/** A file of the account. Its text is made when it is asked for. */
export interface StoredFile {
  readonly id: string;
  readonly purpose: string;
  readonly filename: string;
  readonly createdAt: number;
  readonly lines: () => readonly string[];
  readonly bytes: number;
}

/** The files of an emulated account. */
export class FileDesk {
  private readonly byId = new Map<string, StoredFile>();
  private added = 0;

  get all(): readonly StoredFile[] {
    return [...this.byId.values()];
  }

  get(id: unknown): StoredFile | undefined {
    return typeof id === "string" ? this.byId.get(id) : undefined;
  }

  add(file: Omit<StoredFile, "id">): StoredFile {
    this.added += 1;
    const stored = { ...file, id: `file-emulated${String(this.added).padStart(6, "0")}` };
    this.byId.set(stored.id, stored);
    return stored;
  }

  remove(id: string): void {
    this.byId.delete(id);
  }
}

export interface FileRoutes {
  readonly files: FileDesk;
  readonly settings: Allowed;
  readonly batchSettings: BatchSettings;
}

function fileAsTold({ id, purpose, filename, createdAt, bytes }: StoredFile): object {
  const seconds = Math.floor(createdAt / 1000);
  return { id, object: "file", bytes, created_at: seconds, filename, purpose, status: "processed" };
}

function upload(received: ReceivedRequest, { files, batchSettings }: FileRoutes): Reply {
  const form = readForm(received);
  if (form === undefined) throw invalid("We could not parse the form of your request.");
  const file = form.get("file");
  const purpose = form.get("purpose")?.content;
  if (purpose !== "batch") throw invalid("'purpose' is not one of ['batch']", "invalid_value");
  if (file === undefined) throw invalid("'file' is a required property");
  const bytes = Buffer.byteLength(file.content);
  if (bytes > batchSettings.maxBytes) {
    throw new ApiError(413, "invalid_request_error", null, "The file exceeds the maximum size.");
  }
  const { content, filename = "file" } = file;
  const lines = () => content.split("\n").filter((line) => line !== "");
  return json(fileAsTold(files.add({ purpose, filename, createdAt: batchSettings.now(), lines, bytes })));
}

const PATH = /^\/v1\/files(?:\/([^/]+)(?:\/(content))?)?$/u;

/** `/v1/files` and what lies below it; `undefined` for other paths. @throws ApiError */
export function answerFiles(received: ReceivedRequest, routes: FileRoutes): Reply | undefined {
  const [whole, id, part] = PATH.exec(received.path) ?? [];
  if (whole === undefined) return undefined;
  checkKey(received, routes.settings.keys);
  if (id === undefined) {
    if (received.method === "POST") return upload(received, routes);
    return json({ object: "list", data: routes.files.all.map(fileAsTold), has_more: false });
  }
  const file = routes.files.get(id);
  if (file === undefined) {
    throw new ApiError(404, "invalid_request_error", null, `No such File object: ${id}`);
  }
  if (part === "content") return { kind: "lines", lines: file.lines() };
  if (received.method !== "DELETE") return json(fileAsTold(file));
  routes.files.remove(id);
  return json({ id, object: "file", deleted: true });
}
