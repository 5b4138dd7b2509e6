/**
 * Lists of texts for a statement, each as one text. The driver writes arrays text by text, which takes it four times as
 * long, and the server reads these more slowly too.
 */
export interface TextLists {
  /** In the order that they were given. */
  readonly lists: readonly string[];
  /** Stands between the texts, and in none of them. */
  readonly separator: string;
}

/** JSON and what people give as ids have no such character. */
const USUAL = "\u0001";

/** @param lists of texts that are not empty */
export function textListsOf(lists: readonly (readonly string[])[]): TextLists {
  let separator = USUAL;
  // It begins and ends with what it has nowhere else: no end of a text and beginning of a separator look like one.
  for (let count = 0; isIn(lists, separator); count += 1) separator = `\u0001${count}\u0002`;
  return { lists: lists.map((list) => list.join(separator)), separator };
}

/** The rows of lists in a statement, for `unnest` and its like. */
export function textsIn(list: string, separator: string): string {
  return `string_to_array(${list}::text, ${separator}::text)`;
}

function isIn(lists: readonly (readonly string[])[], separator: string): boolean {
  return lists.some((list) => list.some((text) => text.includes(separator)));
}
