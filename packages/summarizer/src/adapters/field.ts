/** A property of something that came from outside: `undefined` when it is no object or has no such property. */
export function field(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}

export function stringField(value: unknown, name: string): string | undefined {
  const content = field(value, name);
  return typeof content === "string" && content !== "" ? content : undefined;
}

export function numberField(value: unknown, name: string): number | undefined {
  const content = field(value, name);
  return typeof content === "number" && Number.isFinite(content) ? content : undefined;
}
