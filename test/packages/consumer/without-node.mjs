// Loaded before a bundle: takes away what a browser does not have.
for (const name of ["process", "Buffer", "global", "setImmediate", "clearImmediate"]) {
  delete globalThis[name];
}
