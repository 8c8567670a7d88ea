import { GatewayError } from "../gateway-error.ts";

/** The targets are full by our own count: it helps to wait for a place. */
export class NoRoom extends GatewayError {
  /** There was a place, and another thread was faster. */
  readonly isOutrun: boolean;

  constructor({ isOutrun } = { isOutrun: false }) {
    super("overloaded");
    this.name = "NoRoom";
    this.isOutrun = isOutrun;
  }
}
