import { systemClock, type LanguageModel } from "@gro/summarizer";
import { scriptedModel } from "@gro/summarizer/testing";
import { processEnvironment } from "../../../packages/cli/src/process-environment.js";
import { start } from "../../../packages/cli/src/start.js";

/**
 * The program as a process, with a model that answers by rule, that of `BEHAVIOUR`, after waiting `LATENCY` or computing
 * `BUSY` milliseconds.
 */
const latencyMs = Number(process.env["LATENCY"] ?? 0);
const busyMs = Number(process.env["BUSY"] ?? 0);

function model(): LanguageModel {
  const behaviour = process.env["BEHAVIOUR"] === "verbose" ? "verbose" : "obedient";
  const scripted = scriptedModel({ behaviour, latencyMs, clock: systemClock() });
  if (busyMs === 0) return scripted;
  return {
    id: scripted.id,
    generate(request) {
      const until = Date.now() + busyMs;
      while (Date.now() < until);
      return scripted.generate(request);
    },
  };
}

const running = start({
  ...processEnvironment(),
  providers: {
    extractive: {
      kind: "local",
      description: "a scripted model",
      create: () => Promise.resolve(model()),
    },
  },
});
// From here on signals are listened to.
process.stderr.write("started\n");
await running;
