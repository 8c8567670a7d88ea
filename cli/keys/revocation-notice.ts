import { type DynamoDBDocumentClient, GetCommand, paginateQuery } from "@aws-sdk/lib-dynamodb";
import type { RecordOf } from "../../contracts/control/records.ts";
import type { ApiKeyItem } from "../../contracts/processes/auth.ts";
import { newNotice } from "../../domain/notices/new-notice.ts";
import { SEALER_PARTITION, SEALER_PREFIXES } from "../../domain/tenancy/audit-marks.ts";
import { itemKey } from "../../domain/tenancy/control-items.ts";
import { unixSeconds } from "../../domain/tenancy/unix-seconds.ts";

/** Where the control API of an environment has its records. */
export interface ControlRecords {
  readonly table: string;
  /** The operator's organisation. */
  readonly organization: string;
}

/** A notice for the webhooks of an organisation. */
export interface OrganizationNotice {
  readonly organizationId: string;
  readonly record: RecordOf<"notice">;
}

/** The notice of a key that is revoked by its id, as the control API writes it for one that is deleted. A key has one at most. */
export async function revocationNotice(
  client: DynamoDBDocumentClient,
  control: ControlRecords,
  { keyId, projectId }: Pick<ApiKeyItem, "keyId" | "projectId">,
  at: Date,
): Promise<OrganizationNotice> {
  const data = { key_id: `key_${keyId}`, project_id: projectId ?? null };
  const record = newNotice({ type: "key.revoked", data }, [keyId], unixSeconds(at.getTime()));
  return { organizationId: await organizationOf(client, control, projectId), record };
}

/** Whose project it is. What is in no other organisation's project is the operator's. */
async function organizationOf(
  client: DynamoDBDocumentClient,
  { table: TableName, organization }: ControlRecords,
  projectId: string | undefined,
): Promise<string> {
  if (projectId === undefined) return organization;
  const hasProject = async (id: string) => {
    const Key = { ...itemKey(id, { kind: "project", ids: [projectId] }) };
    return (await client.send(new GetCommand({ TableName, Key, ConsistentRead: true }))).Item !== undefined;
  };
  if (await hasProject(organization)) return organization;
  // Each organisation has the end of its chain of events.
  const { chainEnd } = SEALER_PREFIXES;
  const query = {
    TableName,
    KeyConditionExpression: "organizationId = :partition AND begins_with(recordId, :prefix)",
    ExpressionAttributeValues: { ":partition": SEALER_PARTITION, ":prefix": chainEnd },
  };
  for await (const { Items = [] } of paginateQuery({ client }, query))
    for (const { recordId } of Items) {
      const id = String(recordId).slice(chainEnd.length);
      if (await hasProject(id)) return id;
    }
  return organization;
}
