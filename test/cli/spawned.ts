import { spawn, type ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";

/** The program as a process of its own. */
const root = fileURLToPath(new URL("../..", import.meta.url));

/** Where commands run. */
export const workingDirectory = root;

/** The program as users have it. */
export const realProgram = fileURLToPath(new URL("../../packages/cli/src/main.ts", import.meta.url));

/** The same with a model that answers by rule. */
export const scriptedProgram = fileURLToPath(new URL("./programs/scripted.ts", import.meta.url));

export type ProcessVariables = Readonly<Record<string, string>>;

/** The environment of this process without keys and addresses: no test may depend on those of whoever runs it, or pay with them. */
function variablesWith(variables: ProcessVariables): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(ANTHROPIC|OPENAI)_|^DATABASE_URL$/u.test(name),
  );
  return { ...Object.fromEntries(inherited), ...variables };
}

export function startProcess(program: string, args: readonly string[], variables: ProcessVariables = {}) {
  return spawn(process.execPath, ["--import", "tsx", program, ...args], {
    cwd: root,
    env: variablesWith(variables),
  });
}

/** What a process writes, and how it ends. */
export function gather(child: ChildProcess) {
  const written = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name]?.on("data", (piece: Buffer) => {
      written[name] += piece.toString();
    });
  }
  const ended = new Promise<{ code: number | null; signal: string | null }>((resolve) => {
    child.on("close", (code, signal) => resolve({ code, signal }));
  });
  return { written, ended };
}

/** Runs a process to its end. */
export async function runProcess(
  program: string,
  args: readonly string[],
  stdin: string | Uint8Array = "",
  variables: ProcessVariables = {},
) {
  const child = startProcess(program, args, variables);
  const { written, ended } = gather(child);
  child.stdin.on("error", () => undefined);
  child.stdin.end(stdin);
  return { ...(await ended), ...written };
}

/** Whether there is a process of this number. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
