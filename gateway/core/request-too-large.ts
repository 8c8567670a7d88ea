import { GatewayError } from "./gateway-error.ts";

export function requestTooLarge(limitBytes: number): GatewayError {
  return new GatewayError("request_too_large", {
    message: `The request body is over the limit of ${limitBytes} bytes. Send a shorter body.`,
  });
}
