import type { ControlResponse } from "./administer.ts";
import { ControlError } from "./call/control-error.ts";

/** A load balancer takes 1 MB from a function, in base64 here. */
const MAX_RANGE_BYTES = 700_000;

/**
 * A body, or the range of it that the client asks for: `bytes=<first>-[<last>]` (RFC 9110, 14.2), of which it gets the
 * beginning where it is long.
 * @throws {ControlError} for another form, one behind the end, and a long body of which no range is wanted for
 */
export function bytesInRange(bytes: Buffer, contentType: string, range: string | undefined): ControlResponse {
  const headers = { "content-type": contentType, "accept-ranges": "bytes" };
  if (range === undefined) {
    if (bytes.length > MAX_RANGE_BYTES)
      throw new ControlError(
        "invalid_request",
        `This response has ${bytes.length} bytes, and at most ${MAX_RANGE_BYTES} are sent at once; ask for them one after another: \`Range: bytes=0-\`, and from the end of the range that you got.`,
      );
    return { status: 200, headers, body: undefined, bytes };
  }
  const [, first = "", last = ""] = /^bytes=(\d{1,15})-(\d{0,15})$/.exec(range.trim()) ?? [];
  const from = Number(first);
  const wanted = last === "" ? bytes.length - 1 : Number(last);
  if (first === "" || from >= bytes.length || wanted < from)
    throw new ControlError(
      "invalid_request",
      `\`Range\` must be bytes=<first>-<last> within the ${bytes.length} bytes of this response; correct the header.`,
      { param: "range" },
    );
  const to = Math.min(wanted, bytes.length - 1, from + MAX_RANGE_BYTES - 1);
  return {
    status: 206,
    headers: { ...headers, "content-range": `bytes ${from}-${to}/${bytes.length}` },
    body: undefined,
    bytes: bytes.subarray(from, to + 1),
  };
}
