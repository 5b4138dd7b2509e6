import fc from "fast-check";

/** Texts of any UTF-16 units, lone halves of surrogate pairs among them, and of those that JSON or lines may stumble over. */
export function anyText(maxLength: number): fc.Arbitrary<string> {
  const unit = fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code));
  return fc.oneof(
    fc.string({ unit, maxLength }),
    fc.string({ maxLength }),
    fc.constantFrom('\u0000\u001f"\\/', "\u2028\u2029\u0085\r\n", "\ud800 alone", "日本語 😀 é", ""),
  );
}
