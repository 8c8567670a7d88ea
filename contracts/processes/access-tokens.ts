import * as z from "zod";
import type { DeepReadonly } from "../../lib/deep-readonly.ts";
import { PeopleSettings } from "./people.ts";
import { WorkloadPolicy } from "./workloads.ts";

/** Whose tokens are valid in place of keys at `/v1`. */
export const AccessTokenSettings = z.strictObject({
  /** @default - nobody's */
  people: PeopleSettings.optional(),
  /** Policies of workloads whose tokens are. */
  workloads: z.array(WorkloadPolicy),
});
export type AccessTokenSettings = DeepReadonly<z.infer<typeof AccessTokenSettings>>;

/**
 * What an environment says of tokens in place of keys.
 * @returns `undefined` where none is valid
 */
export function accessTokenSettings(identity: {
  readonly workloads: readonly WorkloadPolicy[];
  readonly people?: PeopleSettings | null;
}): AccessTokenSettings | undefined {
  const workloads = identity.workloads.filter(({ accessToken }) => accessToken === true);
  const people = identity.people?.accessTokens === undefined ? undefined : identity.people;
  return people === undefined && workloads.length === 0
    ? undefined
    : { ...(people === undefined ? {} : { people }), workloads };
}
