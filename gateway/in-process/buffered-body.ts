import type { RequestBody } from "../core/request.ts";
import { requestTooLarge } from "../core/request-too-large.ts";

/** The body of a request that is made in this process. */
export function bufferedBody(bytes: Buffer): RequestBody {
  return {
    whole(limitBytes) {
      if (bytes.length > limitBytes) throw requestTooLarge(limitBytes);
      return bytes;
    },
    async *chunks() {
      yield bytes;
    },
  };
}
