/** Processor time of the whole process, in milliseconds: what other programs take meanwhile is not in it. */
function processorMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/**
 * What one run of `work` takes, in milliseconds: the lesser of the time that passed and the processor time that this process used in
 * it. On a busy machine time passes without any work, and the collector and the compiler work beside it in threads of their own.
 */
export async function timeOf(work: () => unknown): Promise<number> {
  const processor = processorMs();
  const wall = performance.now();
  await work();
  return Math.min(performance.now() - wall, processorMs() - processor);
}

/**
 * The shortest of several runs of each work, in milliseconds. The works take turns, round after round, so that whatever else the
 * machine does meets all of them alike: the ratios are worth more than the figures.
 */
export async function sideBySide<Name extends string>(
  rounds: number,
  works: Readonly<Record<Name, () => unknown>>,
): Promise<Record<Name, number>> {
  const entries = Object.entries<() => unknown>(works);
  const best = new Map<string, number>();
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, work] of entries) {
      best.set(name, Math.min(best.get(name) ?? Number.POSITIVE_INFINITY, await timeOf(work)));
    }
  }
  return Object.fromEntries(best) as Record<Name, number>;
}
