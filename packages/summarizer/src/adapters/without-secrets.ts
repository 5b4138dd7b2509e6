import { isKnownWord, speaksOfAccess } from "./access-words.js";

/** What a text may have in it that must not be shown, and what it may. */
export interface Disclosure {
  /** What the call was signed with, as far as it is known. */
  readonly secrets: readonly string[];
  /** The model's name: shown, whatever it looks like. */
  readonly model: string;
  /** Whether the text is about keys, even when it has no such word in it. */
  readonly isAboutAccess: boolean;
}

const KNOWN_SECRET = "[key]";
const PERHAPS_SECRET = "[…]";

/** A secret shorter than this, as local servers are given where they insist on one, may be a part of ordinary words. */
const SHORTEST_WITHIN_WORDS = 8;
const VISIBLE_ASCII = /^[\x20-\x7e]*$/u;

/** What keys are made of, and everything else between blanks, quotes and brackets. */
const RUN = /[\w!#$%&*+\-./:=?@\\^~]+/gu;
const PUNCTUATION_AROUND = /^([.:!?*=-]*)(.*?)([.:!?*=-]*)$/su;

const URL_WITH_HOST = /^(https?:\/\/[a-z\d.-]+(?::\d+)?)(\/.*)?$/iu;
const SMALL_NUMBER = /^[+~-]?\d(?:[.:]?\d){0,6}(?:%|ms|s|m|h|d|k|x|st|nd|rd|th|[kmg]?b)?$/iu;
const SHORT = /^[a-z\d]{1,3}$/iu;
const REQUEST_ID = /^req[_-][\w-]{4,}$/u;
const BEFORE_REQUEST_ID = /request[ _-]?id[^\w]{0,3}$/iu;
const REQUEST_ID_OF_ANY_KIND = /^[\w-]{1,64}$/u;

/** A word, also one of several humps such as `maxOutputTokens`; letters in a row without sense are seldom so regular. */
const WORD = /^(?:[A-Z]{1,12}s?|[A-Z]{0,6}[a-z]{1,20}(?:[A-Z][a-z]{2,20}){0,4}(?:[A-Z]{2,4})?)$/u;
/** Beginnings that vendors give their keys. */
const KEY_PREFIX = /^(sk|pk|rk|gsk|xai|hf|ghp|pat|key)[-_]/iu;
const LONGEST_NAME = 48;

const MODEL_FAMILY =
  /^([a-z-]+[./])?(claude|gpt|chatgpt|llama|meta-llama|mistral|mixtral|codestral|gemini|gemma|qwen|deepseek|phi|command|grok|kimi|glm|nova|text-embedding)(?=[-.:\d]|$)/iu;
/** Names of three letters begin many a key: what may follow is known. */
const SHORT_MODEL = /^([a-z-]+[./])?o\d(-(mini|pro|preview|high|low|deep|research|\d{2,8}))*$/iu;
const MODEL_PART = /^([a-z]{1,12}|\d{1,8}|[a-z\d]{1,4})$/iu;

function isModelName(run: string): boolean {
  if (SHORT_MODEL.test(run)) return true;
  return MODEL_FAMILY.test(run) && !speaksOfAccess(run) && run.split(/[-._:/]/u).every(isModelPart);
}

function isModelPart(part: string): boolean {
  return MODEL_PART.test(part);
}

/** `max_tokens`, `messages.0.content`, `read-only`: words, and places in a list between them. */
function isName(run: string): boolean {
  if (run.length > LONGEST_NAME || KEY_PREFIX.test(run)) return false;
  const [first = "", ...rest] = run.split(".");
  return isCompound(first) && rest.every((part) => /^\d{0,2}$/u.test(part) || isCompound(part));
}

function isCompound(run: string): boolean {
  return run.split(/[-_]/u).every((part) => WORD.test(part));
}

/** Letters with digits, long numbers and odd signs are what keys look like; what is left can be shown. */
export function isPlain(run: string): boolean {
  return run.split(/[/:=?&+\\]+/u).every((part) => {
    return part === "" || SHORT.test(part) || SMALL_NUMBER.test(part) || isName(part) || isModelName(part);
  });
}

/** Beside words that speak of keys only those words are shown that providers use there. */
function isPlainBesideKeys(run: string): boolean {
  return SMALL_NUMBER.test(run) || isKnownWord(run) || isModelName(run);
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/gu, "\\$&");
}

/** A text without the secrets that are known, however they are written in a URL or in JSON. */
function withoutKnown(text: string, secrets: readonly string[]): string {
  const writings = secrets.flatMap((secret) => [
    secret,
    JSON.stringify(secret).slice(1, -1),
    ...(VISIBLE_ASCII.test(secret) ? [encodeURIComponent(secret)] : []),
  ]);
  const longestFirst = [...new Set(writings)].sort((one, other) => other.length - one.length);
  return longestFirst.reduce((shown, secret) => {
    if (secret === "") return shown;
    if (secret.length >= SHORTEST_WITHIN_WORDS) return shown.replaceAll(secret, KNOWN_SECRET);
    return shown.replace(new RegExp(`(?<![a-z\\d])${escaped(secret)}(?![a-z\\d])`, "giu"), KNOWN_SECRET);
  }, text);
}

/**
 * A text in which nothing is left that could be a key.
 *
 * Secrets that are known are left out wherever they stand. Of everything else, words, numbers, names of models and parameters,
 * request ids and hosts are shown; what looks as only a key does is not. A text that is about keys shows no words at all but
 * those that providers use there, since a key may look like any word. So what can slip through is a key that nobody told us,
 * that has the form of a plain word and stands in a text that is about something else.
 */
export function withoutSecrets(text: string, { secrets, model, isAboutAccess }: Disclosure): string {
  const known = withoutKnown(text, secrets);
  const isGuarded = isAboutAccess || speaksOfAccess(known.replaceAll(KNOWN_SECRET, ""));
  const isShown = (run: string, before: string) =>
    run === model ||
    REQUEST_ID.test(run) ||
    (BEFORE_REQUEST_ID.test(before) && REQUEST_ID_OF_ANY_KIND.test(run)) ||
    (isGuarded ? isPlainBesideKeys(run) : isPlain(run));

  const shown = known.replace(RUN, (whole: string, place: number) => {
    const [, before = "", run = "", after = ""] = PUNCTUATION_AROUND.exec(whole) ?? [];
    if (run === "") return whole;
    const [url, host, path] = URL_WITH_HOST.exec(run) ?? [];
    if (url !== undefined) return `${before}${host}${path === undefined ? "" : "/…"}${after}`;
    return isShown(run, known.slice(Math.max(0, place - 20), place)) ? whole : PERHAPS_SECRET + after;
  });
  return shown.replace(/\[…\](?:[\s"'`,;.:=-]*\[…\])+/gu, PERHAPS_SECRET);
}

/** How many words of a text are left out for what they might be, from 0 to 1. */
export function shareLeftOut(shown: string): number {
  const words = shown.match(/\[…\]|[^\s[\]…]+/gu) ?? [];
  return words.length === 0 ? 0 : words.filter((word) => word === PERHAPS_SECRET).length / words.length;
}
