import { isObject } from "../../local/template/json.ts";
import { editJson } from "../aws-calls/call.ts";
import type { EmulatorPatch } from "./emulator-patch.ts";
import { importRestApi } from "./import-rest-api.ts";

export function apigatewayPatches(): readonly EmulatorPatch[] {
  return [
    {
      service: "apigateway",
      operation: / \/v2\/vpclinks/,
      reason: "MiniStack has no VPC links, moto has",
      respond: (call, send) => send(call, "moto"),
    },
    {
      service: "apigateway",
      operation: /^PUT \/restapis\/[^/]+$/,
      reason: "MiniStack can't import a document into an API, but serves one that is made by single calls",
      respond: importRestApi,
    },
    {
      service: "apigateway",
      operation: /^(GET|POST|PATCH) \/usageplans(\/[^/]+)?$/,
      reason: "MiniStack returns an empty quota and throttle for a plan that has none",
      respond: async (call, send) =>
        editJson(await send(call), (plan) =>
          Object.fromEntries(
            Object.entries(plan).filter(([, value]) => !isObject(value) || Object.keys(value).length > 0),
          ),
        ),
    },
  ];
}
