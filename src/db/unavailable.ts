/** SQLSTATE classes and codes that say: this server does not work for us now. */
const unavailableClasses = ["08", "53"];
const unavailableCodes = new Set([
  "57P01", // the administrator ended the connection
  "57P02", // another backend crashed
  "57P03", // starting up or shutting down
  "57P04", // the database was dropped
  "57P05", // idle for too long
  "25P03", // idle in a transaction for too long
  "57014", // the statement took too long
  "ECONNREFUSED",
  "ECONNRESET",
  "ECONNABORTED",
  "EPIPE",
  "ETIMEDOUT",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
]);

/** The driver gives these no code. */
const unavailableTexts = [
  "Connection terminated",
  "timeout exceeded when trying to connect",
  "timeout expired",
  "Query read timeout",
  "Cannot use a pool after calling end on the pool",
  "is not queryable",
];

const CAUSES_MAX = 4;

/**
 * Whether `error` from a database call means that the server is gone, refuses us, or did not answer
 * in time. What such a call did is unknown when it held a commit.
 */
export function isUnavailable(error: unknown): boolean {
  let at: unknown = error;
  for (let depth = 0; depth < CAUSES_MAX && at instanceof Error; depth += 1) {
    const { code } = at as { code?: unknown };
    if (typeof code === "string") {
      if (unavailableCodes.has(code)) return true;
      if (code.length === 5 && unavailableClasses.includes(code.slice(0, 2))) return true;
    }
    const { message } = at;
    if (unavailableTexts.some((text) => message.includes(text))) return true;
    at = at.cause;
  }
  return false;
}

/**
 * Does what may be left undone where the database is gone, and says nothing then: work after money
 * has moved, whose outcome is the answer all the same.
 */
export async function unlessGone<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    return isUnavailable(error) ? undefined : Promise.reject(error);
  }
}
