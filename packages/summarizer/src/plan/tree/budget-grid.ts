/**
 * Ratios move on a coarse grid, so that one chunk more or less leaves the budgets, and with them the keys, of all other
 * steps as they are. Eight steps to each halving: rounding costs at most 9% of a length.
 */
const STEPS_PER_HALVING = 8;

/** The largest value of the grid that is not above `ratio`. */
export function gridAtMost(ratio: number): number {
  return 2 ** (Math.floor(Math.log2(ratio) * STEPS_PER_HALVING + 1e-9) / STEPS_PER_HALVING);
}

/** The smallest value of the grid that is not below `ratio`. */
export function gridAtLeast(ratio: number): number {
  return 2 ** (Math.ceil(Math.log2(ratio) * STEPS_PER_HALVING - 1e-9) / STEPS_PER_HALVING);
}
