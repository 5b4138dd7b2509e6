import type { ChildProcess } from "node:child_process";

/** Whether a detached process leads a group, with whatever it starts in it. */
export const HAS_GROUPS = process.platform !== "win32";

/**
 * Kills a detached process, and with it what it has started, such as the worker behind a shell or `npx`; where there are no groups, the
 * process alone. Harmless for those that are gone.
 */
export function killWithItsGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    if (HAS_GROUPS) process.kill(-child.pid, "SIGKILL");
    else child.kill("SIGKILL");
  } catch {
    // All of them are gone.
  }
}
