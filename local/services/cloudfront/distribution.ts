import { createHash } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { header, requestTarget, respond } from "../../http/server.ts";
import { asNumber, asText, block, blocks, type JsonObject } from "../../template/json.ts";
import type { Bucket, StoredObject } from "../s3/bucket.ts";

export interface DistributionOptions {
  readonly config: JsonObject;
  /** The bucket behind an origin's domain name. */
  bucket(domainName: string): Bucket | undefined;
  /** The response headers policy with this id. */
  headersPolicy(id: string): JsonObject | undefined;
}

/** A CloudFront distribution in front of S3: root object, custom errors, response headers policy. It does not cache. */
export class Distribution {
  readonly #config: JsonObject;
  readonly #bucket: Bucket;
  readonly #headers: Readonly<Record<string, string>>;

  constructor(options: DistributionOptions) {
    this.#config = options.config;
    for (const part of ["ordered_cache_behavior", "origin_group"])
      if (blocks(options.config[part]).length > 0)
        throw new Error(`The twin's CloudFront has one behaviour and one origin; ${part} is not simulated.`);
    const behavior = block(options.config.default_cache_behavior) ?? {};
    const origin = blocks(options.config.origin).find((candidate) => candidate.origin_id === behavior.target_origin_id);
    const bucket = origin && options.bucket(asText(origin.domain_name));
    if (!bucket) throw new Error("The twin's CloudFront serves S3 origins only; the default behaviour has another.");
    this.#bucket = bucket;
    const policyId = behavior.response_headers_policy_id;
    this.#headers = policyId === undefined ? {} : policyHeaders(options.headersPolicy(asText(policyId)) ?? {});
  }

  handle(request: IncomingMessage, response: ServerResponse): void {
    if (request.method !== "GET" && request.method !== "HEAD")
      return respond(
        response,
        403,
        { "content-type": "text/plain", ...this.#headers },
        "This distribution is read-only.",
      );
    const key = objectKey(requestTarget(request).path, asText(this.#config.default_root_object ?? ""));
    const found = key === undefined ? undefined : this.#bucket.get(key);
    if (found) return this.#send(request, response, 200, found);
    // A private bucket responds 403 for a missing object, unless ListBucket is allowed.
    const custom = blocks(this.#config.custom_error_response).find((entry) => asNumber(entry.error_code) === 403);
    // One without a page only sets how long the error is cached.
    const page = custom?.response_page_path && this.#bucket.get(asText(custom.response_page_path).replace(/^\//, ""));
    if (custom && page) return this.#send(request, response, asNumber(custom.response_code), page);
    respond(response, 403, { "content-type": "text/plain", ...this.#headers }, "Access denied");
  }

  #send(request: IncomingMessage, response: ServerResponse, status: number, object: StoredObject): void {
    const etag = `"${createHash("md5").update(object.body).digest("hex")}"`;
    const headers = { ...object.headers, ...this.#headers, etag };
    if (status === 200 && header(request, "if-none-match")?.includes(etag)) {
      // No content-length: here it would have to be the object's.
      response.writeHead(304, headers).end();
      return;
    }
    response.writeHead(status, { ...headers, "content-length": String(object.body.length) });
    response.end(request.method === "HEAD" ? undefined : object.body);
  }
}

function objectKey(path: string, rootObject: string): string | undefined {
  if (path === "/") return rootObject;
  try {
    return decodeURIComponent(path.slice(1));
  } catch {
    return undefined;
  }
}

/** The headers that a response headers policy adds to every response. */
function policyHeaders(policy: JsonObject): Readonly<Record<string, string>> {
  const security = block(policy.security_headers_config) ?? {};
  const csp = block(security.content_security_policy);
  const hsts = block(security.strict_transport_security);
  const frame = block(security.frame_options);
  const referrer = block(security.referrer_policy);
  const custom = blocks(block(policy.custom_headers_config)?.items);
  return {
    ...(csp ? { "content-security-policy": asText(csp.content_security_policy) } : {}),
    ...(hsts ? { "strict-transport-security": strictTransport(hsts) } : {}),
    ...(frame ? { "x-frame-options": asText(frame.frame_option) } : {}),
    ...(referrer ? { "referrer-policy": asText(referrer.referrer_policy) } : {}),
    ...(security.content_type_options ? { "x-content-type-options": "nosniff" } : {}),
    ...Object.fromEntries(custom.map((item) => [asText(item.header).toLowerCase(), asText(item.value)])),
  };
}

function strictTransport(hsts: JsonObject): string {
  const parts = [`max-age=${asNumber(hsts.access_control_max_age_sec)}`];
  if (hsts.include_subdomains === true) parts.push("includeSubDomains");
  if (hsts.preload === true) parts.push("preload");
  return parts.join("; ");
}
