/** A copy as JSON would carry it to another process: nothing is shared with the original, and fields that are `undefined` are gone. */
export function plainCopy<Value>(value: Value): Value {
  return JSON.parse(JSON.stringify(value)) as Value;
}
