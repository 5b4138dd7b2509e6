/**
 * Whether two values are the same plain data: numbers, strings, lists, maps and objects. A field that is `undefined` is the
 * same as none, as it is once it has been JSON.
 */
export function isSameData(left: unknown, right: unknown): boolean {
  if (Object.is(left, right)) return true;
  if (typeof left !== "object" || typeof right !== "object" || left === null || right === null) return false;
  if (Array.isArray(left) || Array.isArray(right)) return areSameLists(left, right);
  const leftFields = fieldsOf(left);
  const rightFields = fieldsOf(right);
  if (leftFields.size !== rightFields.size) return false;
  return [...leftFields].every(
    ([name, value]) => rightFields.has(name) && isSameData(value, rightFields.get(name)),
  );
}

function areSameLists(left: unknown, right: unknown): boolean {
  if (!Array.isArray(left) || !Array.isArray(right) || left.length !== right.length) return false;
  return left.every((value, index) => isSameData(value, right[index]));
}

function fieldsOf(value: object): Map<unknown, unknown> {
  const entries: [unknown, unknown][] = value instanceof Map ? [...value] : Object.entries(value);
  return new Map(entries.filter(([, field]) => field !== undefined));
}
