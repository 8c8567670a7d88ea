import { onTestFinished } from "vitest";
import { LocalDynamoDb } from "../services/dynamodb/local-dynamodb.ts";
import type { JsonObject } from "../template/json.ts";
import type { RawResource } from "../template/stacks.ts";
import { World, type WorldSettings } from "../world.ts";

/** A world in which nothing runs yet. */
export function emptyWorld(settings: Partial<WorldSettings> = {}): World {
  const dynamodb = new LocalDynamoDb(undefined);
  onTestFinished(() => dynamodb.close());
  const addresses = {
    apiUrl: "http://127.0.0.1:8080",
    siteUrl: "http://127.0.0.1:8081",
    awsUrl: "http://127.0.0.1:1",
    dashboardUrl: "http://127.0.0.1:2",
  };
  return new World(
    {
      region: "eu-west-1",
      ...addresses,
      workFolder: "/work-folder",
      projectFolder: "/project",
      passedEnvironment: {},
      report: () => {},
      ...settings,
    },
    dynamodb,
  );
}

/** A resource of the stack `dev-serving`, as read from its JSON. */
export function resource(type: string, name: string, config: JsonObject = {}): RawResource {
  const stack = { name: "dev-serving", folder: "/cdktf.out/stacks/dev-serving", document: {} };
  return { stack, type, name, address: `${type}.${name}`, config };
}
