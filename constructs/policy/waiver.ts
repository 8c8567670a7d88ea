/** Lets one resource break one rule until a date. */
export interface Waiver {
  /** Name of the rule. */
  readonly rule: string;
  /** Path of the resource below the environment: `<stack>/<ids>`, e.g. `site/Site/Bucket/Default`. */
  readonly resource: string;
  readonly reason: string;
  /** Last day on which it holds, `YYYY-MM-DD`. */
  readonly until: string;
}

/** Whether a waiver covers a finding. @param path the resource's path in the tree: `<environment>-<stack>/<ids>` */
export function covers(waiver: Waiver, rule: string, path: string): boolean {
  return waiver.rule === rule && (path === waiver.resource || path.endsWith(`-${waiver.resource}`));
}

/** The problem of a waiver on a day, or nothing. @param today `YYYY-MM-DD` */
export function waiverProblem({ rule, resource, reason, until }: Waiver, today: string): string | undefined {
  const name = `The waiver of ${rule} for ${resource}`;
  if (reason.trim() === "") return `${name} has no reason; write one`;
  if (!/^\d{4}-\d{2}-\d{2}$/.test(until)) return `${name} ends on ${JSON.stringify(until)}; write YYYY-MM-DD`;
  return until < today ? `${name} ended on ${until}; put the resource right, or look at the reason again` : undefined;
}
