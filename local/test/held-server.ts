import { DeleteObjectCommand, GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import type { LegalHold } from "../../contracts/erasure/legal-hold.ts";
import { userTenant } from "../../domain/erasure/erased-subject.ts";
import { DynamoPendingWork } from "../../lambdas/administer/pending/dynamo-pending-work.ts";
import { runPending } from "../../lambdas/administer/pending/run-pending.ts";
import { erasureServer, USER } from "./erasure-server.ts";

/** A user that is not held. */
export const OTHER = "user-other";
export const REASON = "a case in court";

/** The control API of a project with a member and another user, both of whom have stored a response, a file and a batch, and its schedule. */
export async function heldServer() {
  const server = await erasureServer();
  const { tools, document, controlTable, clock, send, json, project, use, s3, storeNames } = server;
  const pending = new DynamoPendingWork(document, controlTable);
  const wait = (milliseconds: number) => {
    clock.ms += milliseconds;
    return Promise.resolve();
  };
  const tenant = userTenant(project, USER);
  const otherTenant = userTenant(project, OTHER);
  await use(tenant, { type: "user", id: USER });
  await use(otherTenant, { type: "user", id: OTHER });
  const at = (Key: string) => ({ Bucket: storeNames.bucket, Key });
  return {
    ...server,
    tenant,
    otherTenant,
    server: {
      putObject: (key: string) => s3.send(new PutObjectCommand({ ...at(key), Body: "left" })),
      deleteObject: (key: string) => s3.send(new DeleteObjectCommand(at(key))),
      text: async (key: string) => (await s3.send(new GetObjectCommand(at(key)))).Body?.transformToString(),
    },
    run: () => runPending({ ...tools, pending, wait }),
    hold: (id: string) =>
      json<LegalHold>(send("POST", "/organization/legal_holds", { subject_id: id, reason: REASON })),
    release: (id: string) => json<{ deleted: boolean }>(send("DELETE", `/organization/legal_holds/${id}`)),
    statuses: async () =>
      (await json<{ data: readonly LegalHold[] }>(send("GET", "/organization/legal_holds"))).data.map(
        ({ status }) => status,
      ),
  };
}
