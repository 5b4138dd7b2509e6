import { describe, it } from "vitest";
import { PROVIDERS } from "./support/emulated.js";
import { expectReadAgain, expectUnreadableThenRead, TROUBLES } from "./support/unread.js";

describe.each(PROVIDERS)("results of %s that are paid for and cannot be read", (_name, start) => {
  it.each(TROUBLES)(
    "(%s) are read again for hours, ever more seldom, and asked once",
    async (_how, fault) => {
      await expectReadAgain(start, fault);
    },
  );

  it.each(TROUBLES)(
    "(%s) end as unreadable in time, and a retry reads the batch again",
    async (_how, fault) => {
      await expectUnreadableThenRead(start, fault);
    },
  );
});
