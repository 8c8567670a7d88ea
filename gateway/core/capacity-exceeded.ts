import { GatewayError } from "./gateway-error.ts";

/** All targets that could take the request are full by our own count: waiting for a slot helps. */
export class CapacityExceeded extends GatewayError {
  /** Another thread of the process took the slot: that slots were free a moment ago does not mean that waiting is useless. */
  readonly lostRace: boolean;

  constructor({ lostRace }: { readonly lostRace: boolean }) {
    super("overloaded");
    this.name = "CapacityExceeded";
    this.lostRace = lostRace;
  }
}
