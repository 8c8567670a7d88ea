import { globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import * as z from "zod";
import { CONTROL_OPERATIONS } from "../contracts/control/operations/operations.ts";
import { OWN_OPERATIONS } from "../contracts/control/operations/own-operations.ts";
import { CONTROL_PATHS } from "../contracts/control/operations/paths.ts";
import { controlServer } from "./test/control-server.ts";

const SDK = join(dirname(fileURLToPath(import.meta.resolve("openai"))), "resources/admin/organization");
/** A call of the SDK's client: the method's name, the path as a template, and the options up to the statement's end. */
const CLIENT_CALL = /_client\.(\w+)\((?:path\s*)?[`']([^`']+)[`']([^;]*);/g;

/** Methods and paths of all calls of the official SDK's administration client, without the names of parameters. */
function published(): readonly string[] {
  const calls = globSync(join(SDK, "**/*.mjs")).flatMap((file) => [
    ...readFileSync(file, "utf8").matchAll(CLIENT_CALL),
  ]);
  return calls.map(([, name = "", path = "", options = ""]) => {
    const method = /method: '(\w+)'/.exec(options)?.[1] ?? (name === "getAPIList" ? "get" : name);
    return `${method.toUpperCase()} /v1${path.replaceAll(/\$\{\w+\}/g, "{}")}`;
  });
}

const OWN: ReadonlySet<string> = new Set(OWN_OPERATIONS);
const SERVED = Object.entries(CONTROL_OPERATIONS)
  .filter(([id]) => !OWN.has(id))
  .map(([, { method, path }]) => `${method} ${path.replaceAll(/\{\w+\}/g, "{}")}`);

const ErrorBody = z.object({ error: z.object({ code: z.string() }) });

/** Methods of the published paths that the control API does not serve. */
const NOT_SERVED: Readonly<Record<string, string>> = {
  "/organization/certificates": "GET POST",
  "/organization/certificates/activate": "POST",
  "/organization/certificates/deactivate": "POST",
  "/organization/certificates/{}": "DELETE GET POST",
  "/organization/external_keys": "GET POST",
  "/organization/external_keys/{}": "DELETE GET",
  "/organization/external_keys/{}/validate": "POST",
  "/organization/external_storage": "GET POST",
  "/organization/external_storage/{}": "DELETE GET",
  "/organization/external_storage/{}/validate": "POST",
  "/organization/projects/{}/certificates": "GET",
  "/organization/projects/{}/certificates/activate": "POST",
  "/organization/projects/{}/certificates/deactivate": "POST",
  "/organization/projects/{}/hosted_tool_permissions": "GET POST",
  "/organization/projects/{}/service_tier_settings": "GET POST",
  "/organization/usage/audio_speeches": "GET",
  "/organization/usage/audio_transcriptions": "GET",
  "/organization/usage/code_interpreter_sessions": "GET",
  "/organization/usage/decisions": "GET",
  "/organization/usage/file_search_calls": "GET",
  "/organization/usage/images": "GET",
  "/organization/usage/vector_stores": "GET",
  "/organization/usage/web_search_calls": "GET",
  "/organization/workload_identity_providers": "GET POST",
  "/organization/workload_identity_providers/{}": "DELETE GET POST",
  "/organization/workload_identity_providers/{}/federation_rules": "GET POST",
  "/organization/workload_identity_providers/{}/federation_rules/{}": "DELETE GET POST",
};
const notServed = Object.entries(NOT_SERVED).flatMap(([path, methods]) =>
  methods.split(" ").map((method) => ({ method, path: `/v1${path}` })),
);

describe("the published operations of the administration API", () => {
  // documented: control-api-coverage
  test("are each served or on the list of those that are not, and none is both", () => {
    const listed = [...SERVED, ...notServed.map(({ method, path }) => `${method} ${path}`)];
    expect(listed.toSorted()).toEqual(published().toSorted());
  });

  test("are as many as the page of the control API says, and as many of them are served", () => {
    const page = readFileSync(join(import.meta.dirname, "../docs/control-api.md"), "utf8");
    expect(page).toContain(`${SERVED.length} of the ${published().length} operations`);
  });

  test("that are not served have a reason on the page, and no other has", () => {
    const page = readFileSync(join(import.meta.dirname, "../docs/control-api.md"), "utf8");
    const [, section = ""] = page.split("### Operations that are not served");
    const rows = [...(section.split("\n## ")[0] ?? "").matchAll(/^\| (`[^|]+) \| (.+) \|$/gm)];
    const explained = rows.flatMap(([, paths = ""]) =>
      [...paths.matchAll(/`([^`]+)`/g)].map(([, path = ""]) => `/organization${path.replace("{id}", "{}")}`),
    );
    const covers = (start: string, path: string) => path === start || path.startsWith(`${start}/`);
    const paths = Object.keys(NOT_SERVED);
    expect(paths.filter((path) => !explained.some((start) => covers(start, path)))).toEqual([]);
    expect(explained.filter((start) => !paths.some((path) => covers(start, path)))).toEqual([]);
  });

  test("that are not served are 404, or 405 with the path's methods where it has others", async () => {
    const { owner, url } = await controlServer();
    const headers = { authorization: `Bearer ${await owner("org-a")}` };
    for (const { method, path } of notServed.filter((one) =>
      CONTROL_PATHS.some((start) => one.path.startsWith(start)),
    )) {
      const response = await fetch(`${url}${path.replace("/v1", "").replaceAll("{}", "x")}`, { method, headers });
      const { error } = ErrorBody.parse(await response.json());
      const allow = response.headers.get("allow");
      const expected = allow === null ? [404, "not_found"] : [405, "method_not_allowed"];
      expect([response.status, error.code], `${method} ${path}`).toEqual(expected);
      expect(allow?.split(", ") ?? [], path).not.toContain(method);
    }
  });
});
