import { describe, expect, test } from "vitest";
import { SyncPace } from "../../packages/file-store/src/sync-pace.js";

/** A disk whose syncs take as long as told; answers where each was waited for. */
function disk() {
  let now = 0;
  const pace = new SyncPace(() => now);
  const waited: ("in place" | "elsewhere")[] = [];
  return {
    waited,
    async sync(milliseconds: number, failure?: Error) {
      const wait = (where: "in place" | "elsewhere") => {
        waited.push(where);
        now += milliseconds;
        if (failure !== undefined) throw failure;
      };
      await pace.sync(
        () => wait("in place"),
        async () => {
          await Promise.resolve();
          wait("elsewhere");
        },
      );
    },
  };
}

describe("waiting for the disk", () => {
  test("is done elsewhere, so that everything else goes on, until the disk has been quick for a while", async () => {
    const { waited, sync } = disk();
    for (let index = 0; index < 12; index += 1) await sync(0.2);
    expect(waited.indexOf("in place")).toBe(8);
    expect(waited.slice(8)).toEqual(Array.from({ length: 4 }, () => "in place"));
  });

  test("is done elsewhere at once when it was slow a single time", async () => {
    const { waited, sync } = disk();
    for (let index = 0; index < 10; index += 1) await sync(0.2);
    await sync(30);
    waited.length = 0;
    for (let index = 0; index < 9; index += 1) await sync(0.2);
    expect(waited).toEqual([...Array.from({ length: 8 }, () => "elsewhere"), "in place"]);
  });

  test("is never done in place on a disk that takes a millisecond", async () => {
    const { waited, sync } = disk();
    for (let index = 0; index < 50; index += 1) await sync(1);
    expect(new Set(waited)).toEqual(new Set(["elsewhere"]));
  });

  test("is done elsewhere as long as another sync is under way", async () => {
    const pace = new SyncPace(() => 0);
    const waited: string[] = [];
    const inPlace = () => void waited.push("in place");
    let finish = () => {};
    const slow = pace.sync(inPlace, () => new Promise((resolve) => (finish = resolve)));
    for (let index = 0; index < 10; index += 1) {
      await pace.sync(inPlace, async () => void waited.push("elsewhere"));
    }
    expect(new Set(waited)).toEqual(new Set(["elsewhere"]));
    finish();
    await slow;
    await pace.sync(inPlace, async () => void waited.push("elsewhere"));
    expect(waited.at(-1)).toBe("in place");
  });

  test("tells what went wrong, wherever it was waited for", async () => {
    const { waited, sync } = disk();
    const failure = new Error("EIO");
    await expect(sync(0.2, failure)).rejects.toBe(failure);
    for (let index = 0; index < 10; index += 1) await sync(0.2);
    await expect(sync(0.2, failure)).rejects.toBe(failure);
    expect(waited.at(-1)).toBe("in place");
  });
});
