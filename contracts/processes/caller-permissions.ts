import * as z from "zod";

/** File beside the synthesized stacks: what the caller of `sluice bootstrap`, `deploy` and `destroy` needs, which no stack makes. */
export const CALLER_PERMISSIONS_FILE = "caller-permissions.json";

const texts = z.array(z.string()).readonly();

/** One statement of the policy that the caller needs. */
export const CallerStatement = z.object({
  Sid: z.string(),
  purpose: z.string(),
  Effect: z.enum(["Allow", "Deny"]),
  Action: texts,
  /** ARNs or patterns; the account is `*`. */
  Resource: texts,
  Condition: z.record(z.string(), z.record(z.string(), texts)),
});
export type CallerStatement = z.infer<typeof CallerStatement>;

/** Statements by environment. */
export const CallerPermissions = z.record(z.string(), z.array(CallerStatement));
export type CallerPermissions = z.infer<typeof CallerPermissions>;
