import { closeSync, openSync } from "node:fs";
import { startWorkerProcess } from "@gro/cli";

/** A host that is out of file descriptors when its worker is started, and has some again after the second attempt. */
const [queuePath = "", pagesDir = ""] = process.argv.slice(2);
// Whatever these need of files, they need it now.
process.stdout.write("");
process.stderr.write("");

function fill(): number[] {
  const open: number[] = [];
  for (;;) {
    try {
      open.push(openSync("/dev/null", "r"));
    } catch {
      return open;
    }
  }
}

const program = [process.execPath, "-e", "process.stdin.resume()", "--"];
const worker = startWorkerProcess({ queuePath, pagesDir, program, firstWaitMs: 50, longestWaitMs: 50 });
const taken = fill();
let deaths = 0;
worker.events.on("died", ({ lastWords }) => {
  process.stdout.write(`died ${lastWords}\n`);
  deaths += 1;
  if (deaths !== 2) return;
  for (const descriptor of taken) closeSync(descriptor);
  process.stdout.write("free\n");
});
worker.events.on("started", () => {
  process.stdout.write("started\n");
  void worker.stop().then(() => process.stdout.write("stopped\n"));
});
