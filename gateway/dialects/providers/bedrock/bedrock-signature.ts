import { createHash, createHmac, type Hash, type Hmac } from "node:crypto";
import { SignatureV4 } from "@smithy/signature-v4";
import type { AwsCredentialIdentity, SourceData } from "@smithy/types";

export interface BedrockSignerOptions {
  readonly region: string;
  /** Returns current credentials; called for each request, so it must cache them itself. */
  readonly credentials: () => Promise<AwsCredentialIdentity>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

export type BedrockSigner = (request: {
  readonly origin: string;
  readonly path: string;
  readonly body: Buffer;
}) => Promise<Readonly<Record<string, string>>>;

/** Signs requests to Bedrock with AWS's Signature Version 4. @returns a function from a request to its headers */
export function bedrockSigner({ region, credentials, now }: BedrockSignerOptions): BedrockSigner {
  const signer = new SignatureV4({ service: "bedrock", region, credentials, sha256: NodeSha256 });
  return async ({ origin, path, body }) => {
    const { protocol, hostname, port, host } = new URL(origin);
    const signed = await signer.sign(
      {
        method: "POST",
        protocol,
        hostname,
        ...(port === "" ? {} : { port: Number(port) }),
        path,
        query: {},
        headers: { host, "content-type": "application/json" },
        body,
      },
      { signingDate: new Date(now()) },
    );
    return signed.headers;
  };
}

/** Node's own SHA-256 in the form that the signer wants: a body of a megabyte takes it a millisecond or two. */
class NodeSha256 {
  readonly #hash: Hash | Hmac;

  constructor(secret?: SourceData) {
    this.#hash = secret === undefined ? createHash("sha256") : createHmac("sha256", bytesOf(secret));
  }

  update(data: SourceData): void {
    this.#hash.update(bytesOf(data));
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }
}

function bytesOf(data: SourceData): Buffer {
  if (typeof data === "string") return Buffer.from(data, "utf8");
  if (data instanceof ArrayBuffer) return Buffer.from(data);
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength);
}
