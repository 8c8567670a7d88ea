import { GetCommand } from "@aws-sdk/lib-dynamodb";
import type { LimitScope } from "../../contracts/limits/use-limit.ts";
import { KEY_CHANGES_ID } from "../../contracts/processes/auth.ts";
import { readSubjectLimits, subjectLimitsId } from "../../domain/limits/subject-limits.ts";
import { all, controlServer } from "./control-server.ts";

interface Body {
  readonly data: readonly { readonly scope: string }[];
  readonly last_id: string;
  readonly limits: unknown;
  readonly error: { readonly code: string; readonly param: string };
}

/** An organisation with a project, a service account and its key. */
export async function limited() {
  const server = await controlServer();
  const secret = await server.owner("org-a");
  const organization = server.sdk(secret);
  const project = await organization.projects.create({ name: "search" });
  const account = await organization.projects.serviceAccounts.create(project.id, { name: "job" });
  const [user] = await all(organization.users.list());
  const send = async (method: string, path: string, body?: unknown, headers: Readonly<Record<string, string>> = {}) => {
    const response = await fetch(`${server.url}/organization/limits${path}`, {
      method,
      headers: { authorization: `Bearer ${secret}`, ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, etag: response.headers.get("etag"), body: (await response.json()) as Body };
  };
  const item = async (keyId: string) =>
    (await server.document.send(new GetCommand({ TableName: server.keys, Key: { keyId } }))).Item;
  /** What a gateway reads of a subject, and how many changes of keys it sees. */
  const held = async (scope: LimitScope, subject: string) =>
    readSubjectLimits({ scope, subject }, await item(subjectLimitsId({ scope, subject })));
  const changes = async () => Number((await item(KEY_CHANGES_ID))?.changes ?? 0);
  const keyId = account.api_key?.id ?? "";
  return { ...server, secret, organization, project, account, keyId, userId: user?.id ?? "", send, held, changes };
}
