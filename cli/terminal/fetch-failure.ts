/**
 * Why `fetch` failed, for an error message: by the code of the system's error (`ECONNREFUSED`). Its texts are not shown,
 * as those of a header that can't be sent repeat the secret in it.
 */
export function fetchFailure(error: unknown): string {
  if (!(error instanceof Error)) return "unknown error";
  if (error.name === "TimeoutError") return "no response in time";
  const { cause } = error;
  if (!(cause instanceof Error)) return "the request can't be sent";
  if ("code" in cause && typeof cause.code === "string") return cause.code;
  return cause.message === "bad port" ? "its port is reserved for another protocol" : "the request can't be sent";
}
