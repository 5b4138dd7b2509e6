import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/**
 * Real texts for tests and benchmarks. They stand beside the project and are not part of it: what uses them
 * skips where they are absent, and says so: `describe.skipIf(corpus.isAbsent)(`…${corpus.note}`, …)`.
 */
export const path = fileURLToPath(new URL("../../../shared/corpus/", import.meta.url));
export const isAbsent = !existsSync(`${path}war-and-peace.txt`);
/** For the name of a group of tests, so that the report says why they were skipped. */
export const note = isAbsent ? ` (skipped: no corpus at ${path})` : "";

export interface CorpusText {
  /** Says where the text stands, for example `"squality 3"`. */
  readonly name: string;
  readonly text: string;
  /** Summaries by people, the general ones; some texts have none. */
  readonly references: readonly string[];
}

function readFile(name: string): string {
  return readFileSync(`${path}${name}`, "utf8");
}

function readLines<Entry>(name: string): Entry[] {
  const lines = readFile(name).split("\n");
  return lines.filter((line) => line !== "").map((line) => JSON.parse(line) as Entry);
}

/** The novel: 3.4 MB with CRLF line ends, 773,000 tokens. */
export function warAndPeace(): string {
  return readFile("war-and-peace.txt");
}

interface Meeting {
  readonly meeting_transcripts: readonly { readonly speaker: string; readonly content: string }[];
  readonly general_query_list: readonly { readonly answer: string }[];
}

/** 35 English meetings, one turn a line: `Speaker: what was said`. */
export function qmsumMeetings(): CorpusText[] {
  return readLines<Meeting>("qmsum.val.jsonl").map((meeting, index) => ({
    name: `qmsum ${index}`,
    text: meeting.meeting_transcripts.map(({ speaker, content }) => `${speaker}: ${content}`).join("\n"),
    references: meeting.general_query_list.map(({ answer }) => answer),
  }));
}

interface Story {
  readonly document: string;
  readonly questions: readonly { readonly responses: readonly { readonly response_text: string }[] }[];
}

/** 25 English stories, with summaries of their plots. */
export function squalityStories(): CorpusText[] {
  return readLines<Story>("squality.dev.jsonl").map(({ document, questions }, index) => ({
    name: `squality ${index}`,
    text: document,
    references: (questions[0]?.responses ?? []).map(({ response_text }) => response_text),
  }));
}

/** 80 biomedical papers, with their abstracts. */
export function sumpubmedPapers(): CorpusText[] {
  return readLines<{ text: string; abstract: string }>("sumpubmed.sample.jsonl").map(
    ({ text, abstract }, index) => ({
      name: `sumpubmed ${index}`,
      text,
      references: [abstract],
    }),
  );
}

interface Segment {
  readonly context: readonly (readonly string[])[];
  readonly speaker: readonly number[];
  readonly discussion: string;
}

/** 135 parts of Chinese meetings, one turn a line. */
export function vcsumMeetings(): CorpusText[] {
  return readLines<Segment>("vcsum.short_dev.jsonl").map(({ context, speaker, discussion }, index) => ({
    name: `vcsum ${index}`,
    text: context.map((turn, at) => `发言人${speaker[at] ?? 0}：${turn.join("")}`).join("\n"),
    references: [discussion],
  }));
}

/** Doctor-patient talks with the notes that were made of them. */
export function aciBenchTalks(): CorpusText[] {
  const { data } = JSON.parse(readFile("aci-bench.valid.json")) as { data: { src: string; tgt: string }[] };
  return data.map(({ src, tgt }, index) => ({ name: `aci-bench ${index}`, text: src, references: [tgt] }));
}

/** Strings that break programs. */
export function naughtyStrings(): string[] {
  return JSON.parse(readFile("blns.json")) as string[];
}

/** Every text of the corpus but the naughty strings. */
export function allCorpusTexts(): CorpusText[] {
  return [
    { name: "war-and-peace", text: warAndPeace(), references: [] },
    ...qmsumMeetings(),
    ...squalityStories(),
    ...sumpubmedPapers(),
    ...vcsumMeetings(),
    ...aciBenchTalks(),
  ];
}
