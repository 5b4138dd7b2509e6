/** How a summary came to its length: untouched text, the model's own words, shortened on request, or cut by code. */
export type Fit = "as-is" | "model" | "shortened" | "trimmed";

/** From the least to the most that was done to a text. */
const FITS: readonly Fit[] = ["as-is", "model", "shortened", "trimmed"];

/** The summary of one node of the tree. */
export interface NodeSummary {
  readonly text: string;
  readonly tokens: number;
  readonly fit: Fit;
  /** The key of the step whose completion this is; `null` when no model was asked. */
  readonly stepKey: string | null;
}

/** What can be said of a text joined from several. */
export function joinedFit(fits: readonly Fit[]): Fit {
  const last = fits.reduce((most, fit) => Math.max(most, FITS.indexOf(fit)), 0);
  return FITS[last] ?? "as-is";
}
