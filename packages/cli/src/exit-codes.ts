/** How the program ends, for scripts to decide by. Public and fixed. */
export const ExitCode = {
  done: 0,
  failed: 1,
  wrongUsage: 2,
  /** Some of several were done, others were not. */
  partFailed: 3,
  /** The provider needs a key, and there is none. */
  noCredentials: 4,
  /** 128 and the number of the signal, as shells count. */
  interrupted: 130,
  terminated: 143,
} as const;

export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];
