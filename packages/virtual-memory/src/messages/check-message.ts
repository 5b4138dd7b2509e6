import { InvalidOptionError } from "@gro/summarizer";
import { LANES, type ChatMessage, type Lane, type ToolCall } from "./chat-message.js";

type Fields = Readonly<Record<string, unknown>>;

/** The value as an object whose fields can be looked at. */
export function fieldsOf(place: string, value: unknown): Fields {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Fields;
  throw new InvalidOptionError(place, value, "an object");
}

export function stringAt(place: string, value: unknown): string {
  if (typeof value === "string") return value;
  throw new InvalidOptionError(place, value, "a string");
}

function filledStringAt(place: string, value: unknown): string {
  if (typeof value === "string" && value !== "") return value;
  throw new InvalidOptionError(place, value, "a string that is not empty");
}

export function listAt(place: string, value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new InvalidOptionError(place, value, "an array");
}

function importanceAt(place: string, value: unknown): number {
  if (typeof value === "number" && value >= 0 && value <= 1) return value;
  throw new InvalidOptionError(place, value, "a number from 0 to 1");
}

function roleAt(place: string, value: unknown): Lane {
  const role = LANES.find((lane) => lane === value);
  if (role !== undefined) return role;
  throw new InvalidOptionError(place, value, LANES.map((lane) => `"${lane}"`).join(", "));
}

function toolCallAt(place: string, value: unknown): ToolCall {
  const { id, name, arguments: given } = fieldsOf(place, value);
  return {
    id: filledStringAt(`${place}.id`, id),
    name: filledStringAt(`${place}.name`, name),
    arguments: stringAt(`${place}.arguments`, given),
  };
}

function toolCallsAt(place: string, value: unknown): readonly ToolCall[] {
  const calls = listAt(place, value).map((call, index) => toolCallAt(`${place}[${index}]`, call));
  if (new Set(calls.map(({ id }) => id)).size < calls.length) {
    throw new InvalidOptionError(place, calls, "calls with an id of their own each");
  }
  return calls;
}

/**
 * A copy of the message that shares nothing with the original, with the fields that are known.
 * @param place what to call the message in the error
 * @throws InvalidOptionError that names the field. It never shows content.
 */
export function checkMessage(place: string, value: unknown): ChatMessage {
  const given = fieldsOf(place, value);
  const role = roleAt(`${place}.role`, given["role"]);
  const { name, importance } = given;
  const fields = {
    content: stringAt(`${place}.content`, given["content"]),
    ...(name === undefined ? {} : { name: stringAt(`${place}.name`, name) }),
    ...(importance === undefined ? {} : { importance: importanceAt(`${place}.importance`, importance) }),
  };
  if (role === "tool") {
    return { role, ...fields, toolCallId: filledStringAt(`${place}.toolCallId`, given["toolCallId"]) };
  }
  if (role !== "assistant") return { role, ...fields };
  const { toolCalls } = given;
  const calls = toolCalls === undefined ? [] : toolCallsAt(`${place}.toolCalls`, toolCalls);
  return { role, ...fields, ...(calls.length === 0 ? {} : { toolCalls: calls }) };
}
