import type { Pool } from "undici";

/** Capacity for one request at an upstream. */
export interface Slot {
  /** Frees the capacity; a second call does nothing. */
  release(): void;
  /** The first byte of the request's streamed response came. @default - the upstream does not use this */
  sawFirstByte?(): void;
  /** The upstream refused the request for want of capacity; before `release`. @default - the upstream does not use this */
  sawRefusal?(): void;
  /** The upstream served the request, or has begun to. @default - the upstream does not use this */
  sawResponse?(): void;
}

/** One server that requests can be sent to: an engine of ours, or a provider's endpoint. */
export interface Upstream {
  readonly id: string;
  /** Scheme, host and port. */
  readonly origin: string;
  readonly pool: Pool;
  /** Headers of every call to it. */
  readonly headers: Readonly<Record<string, string>>;
  /** A call found no server there: it gets no requests until a probe has found it again. */
  markDown(): void;
  /** It refused our credentials. @returns whether there are new ones now, so that another call makes sense */
  renewCredentials?(): Promise<boolean>;
}
