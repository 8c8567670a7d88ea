import * as z from "zod";
import { type Limit, LimitsDeleted } from "../../contracts/control/limits.ts";
import { type AdminClient, AdminRefusal } from "../admin/admin-client.ts";
import { UserError } from "../terminal/user-error.ts";
import { pathOf, ReadLimits, type Subject } from "./limit-text.ts";

const LIMITS = "/v1/organization/limits";
const Page = z.object({ data: z.array(ReadLimits), has_more: z.boolean(), last_id: z.string().nullable() });

/** The limits of all subjects that have some. */
export async function storedLimits(client: AdminClient): Promise<readonly z.infer<typeof ReadLimits>[]> {
  const all: z.infer<typeof ReadLimits>[] = [];
  let after = "";
  for (;;) {
    const query = after === "" ? "" : `&after=${encodeURIComponent(after)}`;
    const page = await client.call({ method: "GET", path: `${LIMITS}?limit=100${query}` }, Page);
    all.push(...page.data);
    if (!page.has_more || page.last_id === null) return all;
    after = page.last_id;
  }
}

/** Changes the limits of a subject, as it were in one step. @throws {UserError} where someone else changed them meanwhile */
export async function changeLimits(
  client: AdminClient,
  subject: Subject,
  change: (limits: readonly Limit[]) => readonly Limit[],
): Promise<readonly Limit[]> {
  const path = pathOf(subject);
  const { body, etag } = await client.versioned({ method: "GET", path }, ReadLimits);
  const limits = change(body.limits);
  try {
    const call = { method: "POST", path, body: { limits }, ifMatch: etag } as const;
    return (await client.call(call, ReadLimits)).limits;
  } catch (error) {
    if (error instanceof AdminRefusal && error.code === "version_conflict")
      throw new UserError(`Someone else changed the limits of ${subject.id} at the same time; run the command again.`);
    throw error;
  }
}

/** Takes all limits of a subject away. */
export async function deleteLimits(client: AdminClient, subject: Subject): Promise<void> {
  await client.call({ method: "DELETE", path: pathOf(subject) }, LimitsDeleted.pick({ deleted: true }).strip());
}
