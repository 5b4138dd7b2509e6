import { readFileSync } from "node:fs";

/** A unit file as systemd reads it: settings by section and name, each with all values that it was given, in order. */
export type UnitFile = ReadonlyMap<string, ReadonlyMap<string, readonly string[]>>;

/** @throws Error that names the line that is none of a unit file */
export function readUnitFile(path: string): UnitFile {
  const sections = new Map<string, Map<string, string[]>>();
  let section: Map<string, string[]> | undefined;
  for (const [index, raw] of readFileSync(path, "utf8").replaceAll("\\\n", " ").split("\n").entries()) {
    const line = raw.trim();
    if (line === "" || /^[#;]/u.test(line)) continue;
    const [, heading] = /^\[(.+)\]$/u.exec(line) ?? [];
    const [, name, value] = /^([A-Za-z]+)\s*=\s*(.*)$/u.exec(line) ?? [];
    if (heading !== undefined) {
      section = sections.get(heading) ?? new Map<string, string[]>();
      sections.set(heading, section);
    } else if (section !== undefined && name !== undefined && value !== undefined) {
      // An empty value takes back what was said before.
      section.set(name, value === "" ? [] : [...(section.get(name) ?? []), value]);
    } else {
      throw new Error(`${path}, line ${index + 1}: neither a section nor a setting: ${line}`);
    }
  }
  return sections;
}

/** `NAME=value` lines as those of EnvironmentFile: comments, blank lines and quotes around a value. */
export function readEnvironmentFile(path: string): Readonly<Record<string, string>> {
  const variables: Record<string, string> = {};
  for (const raw of readFileSync(path, "utf8").split("\n")) {
    const line = raw.trim();
    if (line === "" || /^[#;]/u.test(line)) continue;
    const [, name, , quoted, plain = ""] = /^([A-Za-z_]\w*)=(?:(["'])(.*)\2|(.*))$/u.exec(line) ?? [];
    if (name === undefined) throw new Error(`${path}: no variable: ${line}`);
    variables[name] = quoted ?? plain;
  }
  return variables;
}
