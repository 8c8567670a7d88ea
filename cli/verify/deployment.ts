import type { Environment } from "../../settings/environment.ts";
import type { Check } from "../doctor/finding.ts";
import { fetchFailure } from "../terminal/fetch-failure.ts";

/** A deployed environment, or the local stack, as a caller sees it from outside. */
export interface Deployment {
  readonly environment: Environment;
  /** Address of the API, without `/v1`. */
  readonly apiUrl: string;
  /** Address of the page. @default - it is not checked */
  readonly siteUrl?: string;
  /** An API key; it is in no report. */
  readonly key: string;
}

/** Checks what a caller relies on; `mayDisturb` checks use up limits, or set off an alarm. */
export interface VerifyCheck extends Check {
  readonly mayDisturb?: true;
}

/** Longer than every time limit of an environment: 300 s of waiting and calling together. */
export const REQUEST_LIMIT_MS = 310_000;

/** A response that was read to its end. */
export interface Received {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly seconds: number;
}

export interface Sent {
  readonly method?: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** @default - the deployment's */
  readonly key?: string | null;
  readonly signal: AbortSignal;
}

/** Sends a request to the deployment. @param path e.g. `/v1/models` */
export async function open({ apiUrl, key }: Deployment, path: string, sent: Sent): Promise<Response> {
  const credential = sent.key === undefined ? key : sent.key;
  return await fetch(`${apiUrl}${path}`, {
    method: sent.method ?? (sent.body === undefined ? "GET" : "POST"),
    headers: {
      ...(sent.body === undefined ? {} : { "content-type": "application/json" }),
      ...(credential === null ? {} : { authorization: `Bearer ${credential}` }),
      ...sent.headers,
    },
    ...(sent.body === undefined ? {} : { body: sent.body }),
    signal: AbortSignal.any([sent.signal, AbortSignal.timeout(REQUEST_LIMIT_MS)]),
  }).catch((error: unknown) => {
    throw new Error(`${apiUrl} can't be reached: ${fetchFailure(error)}`, { cause: error });
  });
}

/** Sends a request and reads its response. */
export async function receive(deployment: Deployment, path: string, sent: Sent): Promise<Received> {
  const from = performance.now();
  const response = await open(deployment, path, sent);
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, seconds: (performance.now() - from) / 1000 };
}

/** The start of a text for a report, on one line. */
export function excerpt(text: string): string {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length > 160 ? `${line.slice(0, 160)}…` : line;
}
