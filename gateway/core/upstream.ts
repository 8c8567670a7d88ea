import type { Pool } from "undici";
import type { GenerationRequest } from "../generation-request.ts";

/** A request's place at an upstream. */
export interface UpstreamPlace {
  /** Gives it back; calling it again does nothing. */
  readonly release: () => void;
  /** The first byte of the request's streamed answer came. @default - it does not matter there */
  readonly sawFirstByte?: (() => void) | undefined;
}

/** One server that requests can be sent to: an engine of ours, or a provider's endpoint. */
export interface Upstream {
  readonly id: string;
  /** Scheme, host and port. */
  readonly origin: string;
  readonly pool: Pool;
  /** Headers that every call to it carries. */
  readonly headers: Readonly<Record<string, string>>;
  /** Counts one request. @returns its place; `undefined` when another thread took the last one */
  acquire(request: GenerationRequest): UpstreamPlace | undefined;
  /** A call found no one there: no more requests until it has been seen again. */
  markDown(): void;
  /** It refused our credentials. @returns whether there are new ones now, so that asking again makes sense */
  renewCredentials?(): Promise<boolean>;
}
