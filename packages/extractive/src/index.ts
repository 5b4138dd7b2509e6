export { extractive, type ExtractiveOptions } from "./extractive.js";
export type { SelectionMethod } from "./text-kind.js";
