import { LedgerState } from "./ledger/ledger-state.js";
import { MemoIndex, type Place } from "./memo-index.js";
import { QueueState } from "./queue/queue-state.js";
import type { ChangeRecord, MemoRecord, SealRecord } from "./records.js";

/**
 * What a journal says. A pure function of its records in their order: every process that has read as far as another has the same
 * state, whatever its clock and its luck.
 */
export class StoreState {
  readonly queue = new QueueState();
  readonly ledger = new LedgerState();
  readonly memo = new MemoIndex();

  /** About how many bytes all of it takes in a file. */
  get weight(): number {
    return this.queue.weight + this.ledger.weight + this.memo.weight;
  }

  /** @param place where the record stands */
  apply(record: ChangeRecord, place: Place): void {
    switch (record.do) {
      case "enqueue":
        this.queue.enqueue(record);
        break;
      case "claim":
        this.queue.claim(record);
        break;
      case "extend":
        this.queue.extend(record);
        break;
      case "complete":
        this.queue.complete(record);
        break;
      case "release":
        this.queue.release(record);
        break;
      case "wake":
        this.queue.wake(record);
        break;
      case "deadLetter":
        this.queue.deadLetter(record);
        break;
      case "retry":
        this.queue.retry(record);
        break;
      case "memo":
        this.setMemo(record, place);
        break;
      case "reserve":
        this.ledger.reserve(record);
        break;
      case "claimBatches":
        this.ledger.claim(record);
        break;
      case "extendBatch":
        this.ledger.extend(record);
        break;
      case "recordBatch":
        this.ledger.record(record);
        break;
      case "releaseBatch":
        this.ledger.release(record);
        break;
      case "closeBatch":
        this.ledger.close(record);
        break;
      case "note":
        this.ledger.note(record);
        break;
      case "forgive":
        this.ledger.forgive(record);
        break;
    }
  }

  setMemo({ key, at }: MemoRecord, { file, offset, length }: Place): void {
    this.memo.set({ key, at, file, offset, length });
  }

  /** At the end of a segment, what is too old is forgotten: by all processes the same. */
  seal({ forgetBefore }: SealRecord): void {
    this.memo.forgetBefore(forgetBefore);
    this.ledger.forgetBefore(forgetBefore);
  }
}
