/** Waits for the next part in a way of its own, such as not for ever. */
export type PartGuard<Part> = (
  read: () => Promise<ReadableStreamReadResult<Part>>,
) => Promise<ReadableStreamReadResult<Part>>;

/** The parts of a stream in turn. Whoever stops early closes it: not every runtime iterates streams by itself. */
export async function* readStream<Part>(
  stream: ReadableStream<Part>,
  guard: PartGuard<Part> = (read) => read(),
): AsyncGenerator<Part> {
  const reader = stream.getReader();
  let isWhole = false;
  try {
    for (;;) {
      const { done, value } = await guard(() => reader.read());
      if (done) {
        isWhole = true;
        return;
      }
      yield value;
    }
  } finally {
    // A stream that has failed refuses to be cancelled, and the failure is already on its way.
    if (!isWhole) await reader.cancel().catch(() => undefined);
    reader.releaseLock();
  }
}
