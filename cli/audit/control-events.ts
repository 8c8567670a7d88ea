import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, paginateQuery } from "@aws-sdk/lib-dynamodb";
import { controlTableName } from "../../contracts/processes/names.ts";
import type { TableEvent } from "../../domain/audit/sealed-events.ts";
import { markedEvent, SEALER_PARTITION, SEALER_PREFIXES } from "../../domain/tenancy/audit-marks.ts";
import { ID_MARK } from "../../domain/tenancy/changes.ts";
import { isRecord } from "../../lib/is-record.ts";
import { clientSettings } from "../operator/aws-access.ts";
import { awsFailure } from "../operator/aws-failure.ts";
import { UserError } from "../terminal/user-error.ts";
import type { TrailAccess } from "./deployed-trail.ts";
import type { TrailTable } from "./verification.ts";

/** Sorts after every character of an id. */
const LAST = "\uffff";

/** The audit events of an environment's control table. */
export function controlEvents(access: TrailAccess): TrailTable {
  const client = DynamoDBDocumentClient.from(new DynamoDBClient(clientSettings(access)));
  const TableName = controlTableName(access.environment);
  const items = async function* (partition: string, prefix: string) {
    const pages = paginateQuery(
      { client },
      {
        TableName,
        KeyConditionExpression: "organizationId = :partition AND recordId BETWEEN :from AND :to",
        ExpressionAttributeValues: { ":partition": partition, ":from": prefix, ":to": `${prefix}${LAST}` },
        ConsistentRead: true,
      },
    );
    try {
      for await (const { Items = [] } of pages) yield* Items;
    } catch (error) {
      const reason = awsFailure(error)?.text ?? (error instanceof Error ? `${error.message} (${error.name})` : error);
      throw new UserError(
        `Can't read the table ${TableName}: ${reason}; it needs dynamodb:Query, or verify the bucket alone with --no-table.`,
      );
    }
  };
  return {
    async chains() {
      const chains: string[] = [];
      for await (const { recordId } of items(SEALER_PARTITION, SEALER_PREFIXES.chainEnd))
        chains.push(String(recordId).slice(SEALER_PREFIXES.chainEnd.length));
      return chains;
    },
    async waiting() {
      const ids = new Set<string>();
      for await (const { recordId } of items(SEALER_PARTITION, SEALER_PREFIXES.unsealed))
        ids.add(markedEvent(String(recordId)).eventId);
      return ids;
    },
    async *events(chain): AsyncGenerator<TableEvent> {
      for await (const { record } of items(chain, `event${ID_MARK}`))
        if (isRecord(record) && isRecord(record.event)) yield { event: record.event, hasMark: record.hasMark === true };
    },
  };
}
