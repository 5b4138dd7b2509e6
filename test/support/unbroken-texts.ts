import { seededRandom } from "./prose.js";

function repeatTo(bytes: number, part: string): string {
  return part.repeat(Math.ceil(bytes / Buffer.byteLength(part)));
}

function randomFrom(bytes: number, makeCharacter: (random: () => number) => string): string {
  const random = seededRandom(bytes);
  let text = "";
  for (let written = 0; written < bytes;) {
    const character = makeCharacter(random);
    text += character;
    written += Buffer.byteLength(character);
  }
  return text;
}

const codePoint = (first: number, count: number) => (random: () => number) =>
  String.fromCodePoint(first + Math.floor(random() * count));

const BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** Texts without a place to pause, each of about that many bytes in UTF-8: those that break many programs. */
export function unbrokenTexts(bytes: number): [name: string, text: string][] {
  return [
    ["one repeated letter", repeatTo(bytes, "a")],
    ["base64", randomFrom(bytes, (random) => BASE64.charAt(Math.floor(random() * 64)))],
    ["emoji", randomFrom(bytes, codePoint(0x1f600, 64))],
    ["families joined by ZWJ", repeatTo(bytes, "👨‍👩‍👧‍👦")],
    ["one family without an end", repeatTo(bytes, "👩\u200d")],
    ["flags", repeatTo(bytes, "🇩🇪🇫🇷🇯🇵")],
    ["unbroken Chinese", randomFrom(bytes, codePoint(0x4e00, 3000))],
    ["newlines between two letters", `a${repeatTo(bytes, "\n")}b`],
    ["first halves of pairs", repeatTo(bytes, "\ud83d")],
    ["halves of pairs in any order", randomFrom(bytes, codePoint(0xd800, 0x800))],
    ["marks piled on one letter", `e${repeatTo(bytes, "\u0301")}`],
    ["a special token", repeatTo(bytes, "<|endoftext|>")],
    ["any units", randomFrom(bytes, (random) => String.fromCharCode(Math.floor(random() * 0x10000)))],
  ];
}

/** More of their kind. */
export function moreUnbrokenTexts(bytes: number): [name: string, text: string][] {
  return [
    ["random letters", randomFrom(bytes, codePoint(0x61, 26))],
    ["Cyrillic letters", randomFrom(bytes, codePoint(0x430, 32))],
    ["Thai letters", randomFrom(bytes, codePoint(0xe01, 46))],
    ["digits", randomFrom(bytes, codePoint(0x30, 10))],
    ["one Chinese character", repeatTo(bytes, "中")],
    ["Windows newlines between two letters", `a${repeatTo(bytes, "\r\n")}b`],
    ["blank lines of spaces", `a${repeatTo(bytes, "\n   ")}b`],
    ["spaces", repeatTo(bytes, " ")],
    ["tabs", repeatTo(bytes, "\t")],
    ["second halves of pairs", repeatTo(bytes, "\ude00")],
    ["marks outside the basic plane", `e${repeatTo(bytes, "\u{1d165}")}`],
    ["letters with three marks", repeatTo(bytes, "e\u0301\u0302\u0303")],
    ["full stops", repeatTo(bytes, ".")],
    ["dashes", repeatTo(bytes, "-")],
    ["number signs", repeatTo(bytes, "#")],
    ["any signs", randomFrom(bytes, codePoint(0x21, 15))],
  ];
}
