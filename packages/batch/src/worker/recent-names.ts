const MOST_NAMES = 10_000;

/** The latest names that were added: bounded, as a worker may run for years. */
export class RecentNames {
  private readonly names = new Set<string>();

  add(name: string): void {
    this.names.add(name);
    if (this.names.size > MOST_NAMES) for (const oldest of this.names) return void this.names.delete(oldest);
  }

  has(name: string): boolean {
    return this.names.has(name);
  }
}
