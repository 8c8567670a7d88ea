interface PolicyOptions {
  /** Origin of the API, the only other one that pages connect to. */
  readonly apiOrigin: string;
  /** Whether text never becomes markup or script, whatever a page's code does: with the console. */
  readonly trustedTypes: boolean;
}

/** The Content-Security-Policy of the site's pages: only their own files, and connections to the API. */
export function contentSecurityPolicy({ apiOrigin, trustedTypes }: PolicyOptions): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    `connect-src 'self' ${apiOrigin}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    ...(trustedTypes ? ["require-trusted-types-for 'script'", "trusted-types 'none'"] : []),
  ].join("; ");
}
