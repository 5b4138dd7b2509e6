import type { UnitFile } from "./unit-file.js";

/** What a supervisor does by itself; all else of [Service] the kernel keeps, or the journal. */
export interface ServiceSettings {
  readonly command: readonly string[];
  readonly workingDirectory: string;
  readonly stateDirectory: { readonly path: string; readonly mode: number };
  readonly environment: Readonly<Record<string, string>>;
  readonly environmentFile: string;
  readonly restart: "on-failure";
  readonly restartSeconds: number;
  readonly cleanCodes: ReadonlySet<number>;
  readonly finalCodes: ReadonlySet<number>;
  readonly killSignal: "SIGTERM";
  readonly stopSeconds: number;
  readonly umask: number;
}

/** What only a kernel or systemd itself can keep. */
const NOT_OURS =
  /^(Type|User|Group|KillMode|SyslogIdentifier|NoNewPrivileges|(Protect|Private|Restrict[A-Z]|SystemCall)\w+|\w*Capabilit\w+|LockPersonality|RemoveIPC)$/u;

/** @param expand puts values in the place of `%h` and its like, and gives absolute paths their root */
export function serviceSettings(unit: UnitFile, expand: (value: string) => string): ServiceSettings {
  const service = unit.get("Service") ?? new Map<string, readonly string[]>();
  const used = new Set<string>();
  const all = (name: string) => {
    used.add(name);
    return (service.get(name) ?? []).map(expand);
  };
  const one = (name: string) => {
    const [value, ...more] = all(name);
    if (value === undefined || more.length > 0) throw new Error(`${name} must be there once.`);
    return value;
  };
  const exactly = <Value extends string>(name: string, value: Value): Value => {
    if (one(name) !== value) throw new Error(`${name} must be ${value}: this supervisor does nothing else.`);
    return value;
  };
  const codes = (name: string) => new Set(all(name).flatMap((value) => value.split(/\s+/u).map(Number)));
  const settings: ServiceSettings = {
    command: one("ExecStart").split(/\s+/u),
    workingDirectory: one("WorkingDirectory"),
    stateDirectory: {
      path: expand(`%S/${one("StateDirectory")}`),
      mode: parseInt(one("StateDirectoryMode"), 8),
    },
    environment: Object.fromEntries(
      all("Environment").map((pair) => pair.split(/=(.*)/su).slice(0, 2) as [string, string]),
    ),
    environmentFile: one("EnvironmentFile"),
    restart: exactly("Restart", "on-failure"),
    restartSeconds: Number(one("RestartSec")),
    cleanCodes: new Set([0, ...codes("SuccessExitStatus")]),
    finalCodes: codes("RestartPreventExitStatus"),
    killSignal: exactly("KillSignal", "SIGTERM"),
    stopSeconds: Number(one("TimeoutStopSec")),
    umask: parseInt(one("UMask"), 8),
  };
  const unknown = [...service.keys()].filter((name) => !used.has(name) && !NOT_OURS.test(name));
  if (unknown.length > 0) throw new Error(`This supervisor does not know ${unknown.join(", ")}.`);
  return settings;
}
