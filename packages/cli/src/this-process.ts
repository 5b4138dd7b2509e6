import { hostname } from "node:os";
import { codeOf } from "./reason-of.js";

/** A process among others. */
export interface ProcessName {
  readonly host: string;
  readonly pid: number;
}

export function thisProcess(): ProcessName {
  return { host: hostname(), pid: process.pid };
}

/** Whether a process of this machine is gone for certain. Of other machines nobody here can tell. */
export function isGone({ host, pid }: ProcessName, self: ProcessName): boolean {
  if (host !== self.host || pid === self.pid) return false;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return codeOf(error) === "ESRCH";
  }
}
