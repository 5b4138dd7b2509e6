import { processEnvironment } from "./process-environment.js";
import { start } from "./start.js";

await start(processEnvironment());
