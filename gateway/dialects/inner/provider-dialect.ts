import type { AwsCredentialIdentity } from "@smithy/types";
import type { OutboundDialect, UpstreamCall } from "../../core/dialect.ts";

/** The gateway's own credentials at AWS, as they are at the moment. */
export type AwsCredentials = () => Promise<AwsCredentialIdentity>;

/** What a dialect is made for. */
export interface ProviderContext {
  /** AWS region of the provider; `null` where it has none. */
  readonly region: string | null;
  readonly credentials: AwsCredentials;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** An id for a response, where the provider sends none. */
  readonly newId: () => string;
}

/** One kind of provider: how the gateway reaches it, and its dialect. */
export interface ProviderDialect {
  /** First part of its paths, e.g. `/v1`, which an operator may write at the end of the endpoint. */
  readonly versionPath: string;
  /** Headers that carry the provider's key. */
  keyHeaders(key: string): Readonly<Record<string, string>>;
  /**
   * How a test of the connection requests the models.
   * @default - there is no such list: any response shows a connection
   */
  readonly modelList?: {
    /** Path behind the endpoint. */
    readonly path: string;
    readonly headers: Readonly<Record<string, string>>;
    /** Names of the models in the body; empty where it can't be read. */
    namesIn(body: string): readonly string[];
  };
  create(context: ProviderContext): OutboundDialect;
}

/** A call with its body: without a promise where the body is small, as it then is none itself. */
export function withBody(
  call: Pick<UpstreamCall, "path" | "headers">,
  body: Buffer | Promise<Buffer>,
): UpstreamCall | Promise<UpstreamCall> {
  return body instanceof Promise ? body.then((bytes) => ({ ...call, body: bytes })) : { ...call, body };
}
