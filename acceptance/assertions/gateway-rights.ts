import type { JsonObject } from "../../local/template/json.ts";
import { expectEqual } from "./assertion.ts";
import { resourcesOf } from "./role-policy.ts";

/** Folders of the batches' bucket that gateways use: content of files, copies of held files, parts of uploads. */
const FOLDERS = ["files", "held", "parts"];

/**
 * Compares what a gateway's role may use with what it needs in an environment that has neither a control API nor
 * providers with keys.
 * @param name name of the environment's resources, `sluice-dev`
 * @throws with the resources found instead
 */
export function expectGatewayRights(statements: readonly JsonObject[], name: string): void {
  const tables = resourcesOf(statements, "dynamodb").map((arn) => arn.slice(arn.lastIndexOf("/") + 1));
  const wanted = ["batches", "keys", "responses", "routes", "usage"].map((table) => `${name}-${table}`);
  expectEqual("tables", [...new Set(tables)].toSorted(), wanted);
  const folders = resourcesOf(statements, "s3").map((arn) => /-files-[^/]*\/(\w+)\/\*$/.exec(arn)?.[1]);
  expectEqual("folders of the batches' bucket", folders.filter((folder) => folder !== undefined).toSorted(), FOLDERS);
  const written = resourcesOf(statements, "s3").flatMap((arn) => /-usage-[^/]*\/(.*)$/.exec(arn)?.[1] ?? []);
  expectEqual("objects of the bucket of usage", written, ["usage/*"]);
  expectEqual("secrets", resourcesOf(statements, "secretsmanager"), []);
}
