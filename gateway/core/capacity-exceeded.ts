import { GatewayError } from "../gateway-error.ts";

/** The targets are full by our own count: it helps to wait for a place. */
export class NoRoom extends GatewayError {
  /** Only other threads can be why: a place that was there a moment ago is no sign that asking again is in vain. */
  readonly isOutrun: boolean;

  constructor({ isOutrun }: { readonly isOutrun: boolean }) {
    super("overloaded");
    this.name = "NoRoom";
    this.isOutrun = isOutrun;
  }
}
