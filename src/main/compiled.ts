import path from "node:path";

/**
 * Where processes keep their code compiled, beside the code itself: they start in half the time
 * once they have run. It can be deleted at any time, and where nothing can be written nothing is.
 */
export const compiledFolder = path.join(import.meta.dirname, "../../dist/compiled");
