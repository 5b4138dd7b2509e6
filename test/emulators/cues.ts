import type { Cue, Fault } from "./faults.js";

/** The same fault for the first `times` calls of this method whose path matches. */
export function onCalls(method: string, path: RegExp, fault: Fault, times = Infinity): Cue {
  let left = times;
  return (request) => {
    if (request.method !== method || !path.test(request.path) || left <= 0) return undefined;
    left -= 1;
    return fault;
  };
}

/** The first fault that one of these has for a request. */
export function firstOf(...cues: readonly Cue[]): Cue {
  return (request) => {
    for (const cue of cues) {
      const fault = cue(request);
      if (fault !== undefined) return fault;
    }
    return undefined;
  };
}
