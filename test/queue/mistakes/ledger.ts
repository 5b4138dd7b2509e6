import type { Mistake } from "../broken-store.js";
import type { Amnesia } from "../finds-mistakes.js";

const file = "memory/memory-batch-ledger.ts";
const failures = "memory/key-failures.ts";
const operations = ["extend", "record", "release", "close"];
const isHeld = 'if (held === undefined || held.token !== token) return "lost";';

/** Mistakes that ledgers really have, and the cases that find them. */
export const ledgerMistakes: readonly Mistake[] = [
  {
    name: "reserve sorts the keys",
    file,
    right: "keys: granted, reservedAt",
    wrong: "keys: granted.sort(), reservedAt",
    foundBy: ["grants free keys in their order, and opens a batch of them"],
  },
  {
    name: "reserve counts time in seconds",
    file,
    right: "const reservedAt = now();",
    wrong: "const reservedAt = Math.floor(now() / 1000) * 1000;",
    foundBy: ["notes the time, and the end of the lease"],
  },
  {
    name: "reserve takes no deadline for one that is over",
    file,
    right: "deadlineAt = null",
    wrong: "deadlineAt = 0",
    foundBy: ["knows no deadline where none is given"],
  },
  {
    name: "reserve grants held keys",
    file,
    right: "wanted.filter((key) => !held.has(key))",
    wrong: "wanted",
    foundBy: [
      "never grants a key that an unfinished batch holds, and tells which",
      "opens no batch when every key is held, and none for no keys",
      "takes 5,000 keys",
    ],
  },
  {
    name: "reserve grants the keys of batches that nobody has in hand",
    file,
    right: "wanted.filter((key) => !held.has(key))",
    wrong: "wanted.filter((key) => !held.has(key) || open.get(held.get(key)).dueAt <= now())",
    foundBy: ["never grants a key that an unfinished batch holds, and tells which"],
  },
  {
    name: "reserve opens batches without keys",
    file,
    right: "if (granted.length === 0) return { claim: null, held };",
    wrong: "",
    foundBy: ["opens no batch when every key is held, and none for no keys"],
  },
  {
    name: "reserve grants a key as often as it is listed",
    file,
    right: "const wanted = [...new Set(keys)];",
    wrong: "const wanted = [...keys];",
    foundBy: ["grants a key once that stands twice in a list"],
  },
  {
    name: "keys are compared without their case",
    file,
    right: "const ref = refByKey.get(key);",
    wrong: "const ref = [...refByKey].find(([one]) => one.toLowerCase() === key.toLowerCase())?.[1];",
    foundBy: ["tells keys apart by case"],
  },
  {
    name: "reserve looks which keys are free before it waits, and takes them after it",
    file,
    right: "const reservedAt = now();",
    wrong: "await null; const reservedAt = now();",
    foundBy: [
      "grants each key to one of 50 reservations at once",
      "40 interleaved reservations of the same keys grant each key once",
    ],
  },
  {
    name: "reserve leaves the new batch to anybody",
    file,
    right: "claim: take(opened, reservedAt + leaseMs)",
    wrong: "claim: take(opened, reservedAt)",
    foundBy: ["claims the new batch, so that nobody else has it before its lease ends"],
  },
  {
    name: "holders tells of free keys",
    file,
    right: "if (ref !== undefined) found.set(key, ref);",
    wrong: "found.set(key, ref);",
    foundBy: ["holders tells who holds which keys"],
  },
  {
    name: "claims and openBatches give the ledger's own batches away",
    file,
    right: "map(({ batch }) => plainCopy(batch))",
    wrong: "map(({ batch }) => batch)",
    foundBy: ["shares nothing with its caller"],
  },
  {
    name: "a claim forgets the deadline",
    file,
    right: "batch: plainCopy(held.batch)",
    wrong: "batch: { ...held.batch, deadlineAt: null }",
    foundBy: [
      "answers the batch as it is, with a token of its own",
      "grants free keys in their order, and opens a batch of them",
    ],
  },
  {
    name: "claim takes the batches of all providers",
    file,
    right: "batch.provider === provider && dueAt <= time",
    wrong: "dueAt <= time",
    foundBy: ["takes the batches of its provider alone"],
  },
  {
    name: "claim takes batches that are not due",
    file,
    right: "batch.provider === provider && dueAt <= time",
    wrong: "batch.provider === provider",
    foundBy: [
      "takes a released batch when its delay is over",
      "claims the new batch, so that nobody else has it before its lease ends",
      "gives each of 30 batches to one of 20 claims at once",
      "a batch is in the hands of one",
    ],
  },
  {
    name: "delays and leases end a millisecond late",
    file,
    right: "dueAt <= time",
    wrong: "dueAt < time",
    foundBy: ["ends leases and delays to the millisecond"],
  },
  {
    name: "claim takes the latest reserved first",
    file,
    right: "left.dueAt - right.dueAt",
    wrong: "right.batch.reservedAt - left.batch.reservedAt",
    foundBy: ["takes the longest due first, no more than the limit"],
  },
  {
    name: "extend counts from the end of the lease before",
    file,
    right: "(held) => (held.dueAt = now() + leaseMs)",
    wrong: "(held) => (held.dueAt += leaseMs)",
    foundBy: ["extend prolongs the lease from now"],
  },
  {
    name: "operations take any token",
    file,
    right: isHeld,
    wrong: 'if (held === undefined) return "lost";',
    foundBy: operations.flatMap((name) => [
      `${name}: a token is lost once somebody else has the batch, and nothing changes`,
      `${name}: made-up tokens, and tokens of other batches, are lost`,
    ]),
  },
  {
    name: "operations refuse a token as soon as its lease has ended",
    file,
    right: isHeld,
    wrong: 'if (held === undefined || held.token !== token || held.dueAt <= now()) return "lost";',
    foundBy: operations.map(
      (name) => `${name}: a token whose lease has ended is good as long as nobody else has the batch`,
    ),
  },
  {
    name: "operations that leave the batch claimed use its token up",
    file,
    right: 'apply(held);\n    return "ok";',
    wrong: 'apply(held);\n    held.token = "used";\n    return "ok";',
    foundBy: ["extend: leaves the token good", "record: leaves the token good"],
  },
  {
    name: "release leaves its token good",
    file,
    right: "held.token = undefined;\n        held.dueAt",
    wrong: "held.dueAt",
    foundBy: ["release: uses the token up", "of a stale claim are not noted"],
  },
  {
    name: "close leaves the batch open",
    file,
    right: "open.delete(batch.ref);",
    wrong: "",
    foundBy: ["close: uses the token up", "close frees the keys of the batch and no others"],
  },
  {
    name: "record forgets the submission",
    file,
    right: "plainCopy(submission ?? batch.submission)",
    wrong: "batch.submission",
    foundBy: ["record notes how far the submission has come"],
  },
  {
    name: "record forgets since when it is known",
    file,
    right: "plainCopy(submission ?? batch.submission)",
    wrong: "{ ...(submission ?? batch.submission), since: undefined }",
    foundBy: ["record notes how far the submission has come"],
  },
  {
    name: "record takes no submission for none",
    file,
    right: "plainCopy(submission ?? batch.submission)",
    wrong: 'submission ?? { kind: "intended" }',
    foundBy: ["record adds what is ruled out, once, and leaves the submission"],
  },
  {
    name: "record keeps the latest that is ruled out",
    file,
    right: "new Set(batch.ruledOut)",
    wrong: "new Set<string>()",
    foundBy: ["record adds what is ruled out, once, and leaves the submission"],
  },
  {
    name: "record gives the batch back",
    file,
    right: "const { batch } = held;",
    wrong: "const { batch } = held; held.dueAt = now();",
    foundBy: ["record leaves the lease as it is"],
  },
  {
    name: "close leaves its keys held",
    file,
    right: "for (const key of batch.keys) refByKey.delete(key);",
    wrong: "",
    foundBy: ["close frees the keys of the batch and no others"],
  },
  {
    name: "close frees the keys of all batches",
    file,
    right: "for (const key of batch.keys) refByKey.delete(key);",
    wrong: "refByKey.clear();",
    foundBy: ["close frees the keys of the batch and no others"],
  },
  {
    name: "openBatches leaves out those in somebody's hands",
    file,
    right: "[...open.values()].map(({ batch })",
    wrong: "[...open.values()].filter(({ dueAt }) => dueAt <= now()).map(({ batch })",
    foundBy: ["openBatches tells the oldest first, claimed or not, of every provider"],
  },
  {
    name: "openBatches goes by the ref",
    file,
    right: "[...open.values()].map(({ batch })",
    wrong:
      "[...open.values()].sort((left, right) => (left.batch.ref < right.batch.ref ? -1 : 1)).map(({ batch })",
    foundBy: ["openBatches tells the oldest first, claimed or not, of every provider"],
  },
  {
    name: "close notes no failures",
    file,
    right: "refByKey.delete(key);\n        failures.note(found, now());",
    wrong: "refByKey.delete(key);",
    foundBy: [
      "close notes them, the latest in full and all by kind",
      "note counts like close, each of a list",
      "stay when the key is reserved again, and when its batch ends without a failure of it",
    ],
  },
  {
    name: "only the first failure is kept in full",
    file: failures,
    right: "known.last = last;",
    wrong: "",
    foundBy: [
      "close notes them, the latest in full and all by kind",
      "note counts like close, each of a list",
    ],
  },
  {
    name: "where the answer of a failure may lie is forgotten",
    file: failures,
    right: "{ key, kind, message, ...(unread !== undefined && { unread: { ...unread } }) };",
    wrong: "{ key, kind, message };",
    foundBy: ["keep where the answer of the latest may lie, and of no earlier one"],
  },
  {
    name: "failures are not counted by kind",
    file: failures,
    right: "known.counts.set(kind, (known.counts.get(kind) ?? 0) + 1);",
    wrong: "known.counts.set('all', (known.counts.get('all') ?? 0) + 1);",
    foundBy: ["close notes them, the latest in full and all by kind"],
  },
  {
    name: "the time is that of the first failure",
    file: failures,
    right: "known.failedAt = failedAt;",
    wrong: "",
    foundBy: ["tell the time of the latest"],
  },
  {
    name: "failuresOf tells of all keys",
    file: failures,
    right: "for (const key of keys) {\n      const known",
    wrong: "for (const key of this.#byKey.keys()) {\n      const known",
    foundBy: ["are told for keys that failed, and no others"],
  },
  {
    name: "kinds are kept as the fields of an object",
    file: failures,
    right: "counts: Object.fromEntries(counts)",
    wrong:
      "counts: [...counts].reduce((fields, [kind, count]) => { fields[kind] = count; return fields; }, {})",
    foundBy: ["may be of any kind"],
  },
  {
    name: "close forgets the failures of keys that did not fail",
    file,
    right: "for (const key of batch.keys) refByKey.delete(key);",
    wrong: "for (const key of batch.keys) refByKey.delete(key); failures.forget(batch.keys);",
    foundBy: [
      "stay when the key is reserved again, and when its batch ends without a failure of it",
      "close notes them, the latest in full and all by kind",
    ],
  },
  {
    name: "reserve forgets the failures of its keys",
    file,
    right: "open.set(ref, opened);",
    wrong: "open.set(ref, opened); failures.forget(granted);",
    foundBy: ["stay when the key is reserved again, and when its batch ends without a failure of it"],
  },
  {
    name: "forgive forgets all keys",
    file: failures,
    right: "for (const key of keys) this.#byKey.delete(key);",
    wrong: "this.#byKey.clear();",
    foundBy: ["are forgotten by forgive, those of its keys alone, and counted anew"],
  },
];

/** Ledgers that lose something in a crash, or are not the same for two instances. */
export const forgetfulLedgers: readonly Amnesia[] = [
  { name: "reserve is not durable", forgets: "ledger.reserve", foundBy: ["reserved keys are still held"] },
  {
    name: "release is not durable",
    forgets: "ledger.release",
    foundBy: ["leases, tokens and due times are as they were"],
  },
  {
    name: "extend is not durable",
    forgets: "ledger.extend",
    foundBy: ["leases, tokens and due times are as they were"],
  },
  { name: "record is not durable", forgets: "ledger.record", foundBy: ["what was recorded is there"] },
  ...["close", "note", "forgive"].map((method) => ({
    name: `${method} is not durable`,
    forgets: `ledger.${method}`,
    foundBy: ["closed batches stay closed, their failures noted or forgiven"],
  })),
  {
    name: "two instances do not see each other's work",
    isDivided: true,
    foundBy: [
      "40 interleaved reservations of the same keys grant each key once",
      "a batch is in the hands of one",
      "one sees what the other records, closes and forgives",
    ],
  },
];
