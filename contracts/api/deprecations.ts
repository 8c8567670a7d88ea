/** A deprecated part of the API: a whole path, or one field of its requests. */
export interface Deprecation {
  /** Path of the API reference, e.g. `/v1/completions`. */
  readonly path: string;
  /** Field of the request's body. @default - the whole path is deprecated */
  readonly field?: string;
  /** Day since which it is deprecated, `YYYY-MM-DD`: from then on responses have `Deprecation` (RFC 9745). */
  readonly since: string;
  /** Last day on which it is guaranteed to work, `YYYY-MM-DD`, for `Sunset` (RFC 8594). @default - not decided */
  readonly sunset?: string;
  /** Page with the migration. */
  readonly link: string;
  /** The replacement, in a few words. */
  readonly replacement: string;
}

const STRUCTURED_OUTPUTS = "https://docs.vllm.ai/en/latest/features/structured_outputs/";

/** vLLM removed these in 0.12 in favour of `structured_outputs`; the gateway translates them until the sunset. */
function guided(path: string): readonly Deprecation[] {
  return (["json", "regex", "choice", "grammar"] as const).map((kind) => ({
    path,
    field: `guided_${kind}`,
    since: "2026-11-24",
    sunset: "2027-06-30",
    link: STRUCTURED_OUTPUTS,
    replacement: `structured_outputs.${kind}`,
  }));
}

/** All deprecations; responses to requests that use them have the headers, the reference marks them. */
export const DEPRECATIONS: readonly Deprecation[] = [...guided("/v1/completions"), ...guided("/v1/chat/completions")];

/** Response headers for the deprecated parts that a request used; none without such parts. */
export function deprecationHeaders(used: readonly Deprecation[]): Readonly<Record<string, string>> {
  if (used.length === 0) return {};
  const sunsets = used.flatMap(({ sunset }) => (sunset === undefined ? [] : [Date.parse(`${sunset}T23:59:59Z`)]));
  const links = new Set(used.map(({ link }) => `<${link}>; rel="deprecation"; type="text/html"`));
  return {
    // A structured field of the type Date: seconds, with an @ before them.
    deprecation: `@${Math.min(...used.map(({ since }) => Date.parse(`${since}T00:00:00Z`))) / 1000}`,
    ...(sunsets.length === 0 ? {} : { sunset: new Date(Math.min(...sunsets)).toUTCString() }),
    link: [...links].join(", "),
  };
}
