/** The two functions of a test runner that a contract needs: those of vitest, jest, mocha and node:test fit as they are. */
export interface ContractRunner {
  describe(name: string, body: () => void): unknown;
  it(name: string, body: () => Promise<void>): unknown;
}

/** What a store under test is made with. */
export interface ContractEnvironment {
  /** Stands still until a case moves it. Stores with a clock of their own leave it alone and say so by `ownsClock`. */
  readonly clock: { now(): number };
  /** Never answers the same twice, whichever instance asks. */
  readonly randomId: () => string;
}

/** A store with nothing in it yet, and what else a case may ask of it. */
export interface StoreUnderTest<Store> {
  readonly store: Store;
  /** Opens the same data again as after a crash: what was open before is left behind, never closed. */
  readonly reopen?: (() => Promise<Store>) | undefined;
  /** Opens the same data beside what is open, as another process would. */
  readonly another?: (() => Promise<Store>) | undefined;
  /** With `ownsClock`: lets this many milliseconds pass, or waits for them. */
  readonly passTime?: ((milliseconds: number) => Promise<void>) | undefined;
  /** Clears away everything that was opened, after every case. */
  readonly dispose?: (() => Promise<void>) | undefined;
}

/** How a contract gets at the stores that it examines, and what they cannot do. */
export interface ContractOptions<Store> {
  /** A fresh store, once a case. */
  readonly createStore: (environment: ContractEnvironment) => Promise<StoreUnderTest<Store>>;
  /** The heading of the suite. @default the port's name */
  readonly name?: string | undefined;
  /** `false` leaves out the cases that reopen, for stores that end with their process. @default true */
  readonly isDurable?: boolean | undefined;
  /** `false` leaves out the cases with two instances, for stores that one process owns. @default true */
  readonly isShared?: boolean | undefined;
  /**
   * Whether the store goes by a clock that is not the given one, such as a database's. Time then passes by `passTime`, and cases that
   * compare exact times are left out. @default false
   */
  readonly ownsClock?: boolean | undefined;
  /** How long leases and delays in the cases are, in milliseconds, from 4: short where `passTime` really waits. @default 60000 */
  readonly leaseMs?: number | undefined;
  /** `false` where names that differ in case alone are the same, as files are on some systems. @default true */
  readonly distinguishesCase?: boolean | undefined;
}
