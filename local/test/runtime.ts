import { onTestFinished } from "vitest";
import type { TwinSettings } from "../runtime/settings.ts";
import type { JsonObject } from "../template/json.ts";
import type { RawResource } from "../template/stacks.ts";
import { TwinRuntime } from "../twin-runtime.ts";

/** A runtime in which no resource runs yet. */
export function emptyRuntime(settings: Partial<TwinSettings> = {}): TwinRuntime {
  const runtime = new TwinRuntime({
    region: "eu-west-1",
    apiUrl: "http://127.0.0.1:8080",
    siteUrl: "http://127.0.0.1:8081",
    awsUrl: "http://127.0.0.1:1",
    dashboardUrl: "http://127.0.0.1:2",
    workFolder: "/work-folder",
    projectFolder: "/project",
    passedEnvironment: {},
    report: () => {},
    ...settings,
  });
  onTestFinished(() => runtime.dynamodb.close());
  return runtime;
}

/** A resource of the stack `dev-serving`, as read from its JSON. */
export function resource(type: string, name: string, config: JsonObject = {}): RawResource {
  const stack = { name: "dev-serving", folder: "/cdktf.out/stacks/dev-serving", document: {} };
  return { stack, type, name, address: `${type}.${name}`, config };
}
