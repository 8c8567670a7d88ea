import * as z from "zod";
import type { DeepReadonly } from "../../lib/deep-readonly.ts";

/** A user is in 10 groups at most, and the settings are variables of a function. */
const MOST_GROUPS = 20;

/** How the groups that an ID token names become groups of the control API. docs/sign-in.md, "Groups of the directory". */
export const DirectoryGroups = z.strictObject({
  /** Claim with the person's groups: a list of texts, or one. At Amazon Cognito `cognito:groups`. @default "groups" */
  claim: z.string().min(1).max(100).optional(),
  /** Ids of groups of the control API, by the value in the claim, exactly: a name, or at Microsoft Entra an object id. */
  map: z
    .record(
      z.string().min(1).max(300),
      z.string().regex(/^group_[0-9a-z]+$/, "must be the id of a group of the control API, group_…"),
    )
    .refine((map) => Object.keys(map).length > 0, "must name a group at least")
    .refine((map) => Object.keys(map).length <= MOST_GROUPS, `must name ${MOST_GROUPS} groups at most`),
  /** Role in the organisation of who is in one of the groups and was not invited. @default - the groups let nobody in */
  admit: z.enum(["reader", "member"]).optional(),
  /** Hours for which a membership holds after the ID token that has shown it: without a further sign-in it ends. @default 24 */
  holdHours: z.int().min(1).max(720).optional(),
});
export type DirectoryGroups = DeepReadonly<z.infer<typeof DirectoryGroups>>;
