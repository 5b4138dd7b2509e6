/** Processor time of the whole process, in milliseconds: what other programs take meanwhile is not in it. */
function processorMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/**
 * The longest stretch, in milliseconds, for which `work` keeps the event loop from going round. A stretch counts for the lesser of
 * the time that passed and the processor time that this process used in it: on a busy machine time passes without any work,
 * and the collector and the compiler work beside it in threads of their own.
 */
export async function longestStretch(work: () => Promise<unknown>): Promise<number> {
  let longest = 0;
  let isOver = false;
  let wall = performance.now();
  let processor = processorMs();
  const rounds = new Promise<void>((resolve) => {
    const goRound = () => {
      const [wallNow, processorNow] = [performance.now(), processorMs()];
      longest = Math.max(longest, Math.min(wallNow - wall, processorNow - processor));
      [wall, processor] = [wallNow, processorNow];
      if (isOver) resolve();
      else setImmediate(goRound);
    };
    setImmediate(goRound);
  });
  try {
    await work();
  } finally {
    isOver = true;
    await rounds;
  }
  return longest;
}

/** The longest stretch that a server may be kept from answering, in milliseconds. */
export const LONGEST_ALLOWED_MS = 50;

/** The least of up to three runs: a full collection of garbage falls into any stretch now and then. */
export async function leastStretch(work: () => Promise<unknown>): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let run = 0; run < 3 && least > LONGEST_ALLOWED_MS; run += 1) {
    least = Math.min(least, await longestStretch(work));
  }
  return least;
}
