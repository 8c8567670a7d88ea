import * as z from "zod";

/** File beside the synthesized stacks: what a role does by each statement of its policies, which is no part of a policy. */
export const PERMISSION_PURPOSES_FILE = "permission-purposes.json";

/** Sentences by stack (`dev-serving`), address of the policy (`aws_iam_role_policy.…`) and `Sid`. */
export const PermissionPurposes = z.record(z.string(), z.record(z.string(), z.record(z.string(), z.string())));
export type PermissionPurposes = z.infer<typeof PermissionPurposes>;
