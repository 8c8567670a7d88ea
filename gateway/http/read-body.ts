import type { IncomingMessage, ServerResponse } from "node:http";
import { ClientGone, GatewayError } from "../core/gateway-error.ts";
import { BoundedBytes } from "./bounded-bytes.ts";

/**
 * Reads a whole request body, at most `limitBytes`.
 * @throws {GatewayError} `request_too_large`: at once when the length is announced, else as soon as it is passed
 */
export async function readBody(
  request: IncomingMessage,
  response: ServerResponse,
  limitBytes: number,
): Promise<Buffer> {
  if (Number(request.headers["content-length"] ?? 0) > limitBytes) throw tooLarge(limitBytes);
  // The client waits for our word before it sends the body.
  if (request.headers.expect !== undefined) response.writeContinue();
  return await new Promise((resolve, reject) => {
    const bytes = new BoundedBytes(limitBytes);
    const finish = (error: Error | undefined) => {
      request.off("data", onData).off("end", onEnd).off("close", onClose);
      if (error === undefined) resolve(bytes.whole());
      else reject(error);
    };
    const onData = (chunk: Buffer) => {
      if (!bytes.push(chunk)) finish(tooLarge(limitBytes));
    };
    const onEnd = () => finish(undefined);
    const onClose = () => finish(new ClientGone());
    // An error is always followed by `close`; without a listener it would end the process.
    request.on("data", onData).on("end", onEnd).on("close", onClose).on("error", ignore);
  });
}

function ignore(): void {}

function tooLarge(limitBytes: number): GatewayError {
  return new GatewayError("request_too_large", {
    message: `The request body is over the limit of ${limitBytes} bytes. Send a shorter prompt.`,
  });
}
