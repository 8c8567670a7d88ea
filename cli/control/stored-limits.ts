import * as z from "zod";
import { type Limit, LimitsDeleted } from "../../contracts/control/limits.ts";
import { type AdminClient, AdminRefusal } from "../admin/admin-client.ts";
import { UserError } from "../terminal/user-error.ts";
import { pathOf, ReadLimits, type Subject } from "./limit-text.ts";

const LIMITS = "/v1/organization/limits";
const Page = z.object({ data: z.array(ReadLimits), has_more: z.boolean(), last_id: z.string().nullable() });

type StoredLimits = z.infer<typeof ReadLimits>;

/**
 * The limits of all subjects that have some.
 * @param options.withUsed whether those of a day and longer have what counts in their current window. @default false
 */
export async function storedLimits(
  client: AdminClient,
  { withUsed = false } = {},
): Promise<readonly z.infer<typeof ReadLimits>[]> {
  const all: z.infer<typeof ReadLimits>[] = [];
  let after = "";
  const include = withUsed ? `&${encodeURIComponent("include[]")}=used` : "";
  for (;;) {
    const query = after === "" ? "" : `&after=${encodeURIComponent(after)}`;
    const page = await client.call({ method: "GET", path: `${LIMITS}?limit=100${include}${query}` }, Page);
    all.push(...page.data);
    if (!page.has_more || page.last_id === null) return all;
    after = page.last_id;
  }
}

/** Changes the limits of a subject, as it were in one step. @throws {UserError} where someone else changed them meanwhile */
export async function changeLimits(
  client: AdminClient,
  subject: Subject,
  changed: (limits: readonly Limit[]) => readonly Limit[],
): Promise<readonly Limit[]> {
  return (await change(client, subject, ({ limits }) => ({ limits: changed(limits) }))).limits;
}

async function change(
  client: AdminClient,
  subject: Subject,
  changed: (stored: StoredLimits) => object,
): Promise<StoredLimits> {
  const path = pathOf(subject);
  const { body, etag } = await client.versioned({ method: "GET", path }, ReadLimits);
  const wanted = changed(body);
  try {
    return await client.call({ method: "POST", path, body: wanted, ifMatch: etag }, ReadLimits);
  } catch (error) {
    if (error instanceof AdminRefusal && error.code === "version_conflict")
      throw new UserError(`Someone else changed the limits of ${subject.id} at the same time; run the command again.`);
    throw error;
  }
}

/** Sets the weight of a project, and leaves its limits as they are. @throws {UserError} as `changeLimits` */
export async function changeWeight(client: AdminClient, subject: Subject, weight: number): Promise<void> {
  await change(client, subject, ({ limits }) => ({ limits, weight }));
}

/** Sets the tier of a project or key, `null` for none, and leaves its own limits as they are. @throws {UserError} as `changeLimits` */
export async function changeTier(client: AdminClient, subject: Subject, tier: string | null): Promise<void> {
  await change(client, subject, ({ limits }) => ({ limits, tier }));
}

/** Takes all limits of a subject away. */
export async function deleteLimits(client: AdminClient, subject: Subject): Promise<void> {
  await client.call({ method: "DELETE", path: pathOf(subject) }, LimitsDeleted.pick({ deleted: true }).strip());
}
