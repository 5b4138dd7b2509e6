#!/usr/bin/env node
import process from "node:process";

// `gro-batch-worker …` is `gro-summarizer worker …`.
process.argv.splice(2, 0, "worker");
await import("../dist/main.js");
