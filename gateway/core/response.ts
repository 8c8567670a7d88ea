/** A response below the HTTP server. */
export interface GatewayResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: ResponseBody;
  /** Whether the connection must be closed after it: the request's body is not read to its end. @default false */
  readonly closesConnection?: boolean;
}

export type ResponseBody =
  | { readonly kind: "bytes"; readonly bytes: Buffer }
  | StreamBody
  /** The client has left: nothing is sent, and its connection is closed. */
  | { readonly kind: "none" };

export interface StreamBody {
  readonly kind: "stream";
  /**
   * Sends the body and ends the sink; called exactly once, also when the client has left meanwhile. Resolves when it
   * has ended, however it did, and the request is settled. Never rejects.
   */
  send(sink: ByteSink): Promise<void>;
}

/** Takes the bytes of a streamed response. */
export interface ByteSink {
  /** Whether the receiver has left, or has everything. */
  readonly isClosed: boolean;
  /** @returns false when no more should be written before `onDrain` */
  write(bytes: Buffer): boolean;
  end(bytes?: Buffer): void;
  /** Breaks the response off, so that the receiver sees that it is not complete. */
  destroy(): void;
  onDrain(listener: () => void): void;
  /** Called once, when the receiver has left or has everything. */
  onClose(listener: () => void): void;
}

type Headers = Readonly<Record<string, string>>;

export function bytesResponse(status: number, headers: Headers, bytes: Buffer): GatewayResponse {
  return { status, headers, body: { kind: "bytes", bytes } };
}

export function jsonResponse(status: number, headers: Headers, value: unknown): GatewayResponse {
  const bytes = Buffer.from(JSON.stringify(value));
  return bytesResponse(status, { ...headers, "content-type": "application/json" }, bytes);
}
