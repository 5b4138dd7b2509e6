/** A copy as a database would carry it: nothing is shared with the original, and fields that are `undefined` are gone. */
export function plainCopy<Value>(value: Value): Value {
  return JSON.parse(JSON.stringify(value)) as Value;
}
