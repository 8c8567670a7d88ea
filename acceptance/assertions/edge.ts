import { asObject, asText, block, isObject, type JsonObject } from "../../local/template/json.ts";
import { parseObject } from "../aws-calls/call.ts";
import { callAws } from "../aws-client/aws-call.ts";
import { listIn } from "../aws-client/leftovers.ts";
import { apiParts } from "../emulator-patches/api-document.ts";
import { type Applied, expectAll, expectEqual, type StackAssertion } from "./assertion.ts";

export const EDGE: readonly StackAssertion[] = [
  {
    claim: "the API has exactly the methods of its document, each with its authorizer, key and validator",
    types: ["aws_api_gateway_rest_api"],
    check: async (applied) => {
      const { methods } = apiParts(document(applied));
      const wanted = methods.map(({ path, httpMethod, authorizer, apiKeyRequired, validator }) =>
        line(path, httpMethod, authorizer !== undefined, apiKeyRequired, validator !== undefined),
      );
      const response = await getFromApi(applied, "/resources?embed=methods&limit=500");
      const found = listIn(response, "item").flatMap(({ path, resourceMethods }) =>
        Object.entries(asObject(resourceMethods ?? {})).map(([httpMethod, method]) => {
          const { authorizationType, apiKeyRequired, requestValidatorId } = asObject(method);
          return line(
            asText(path),
            httpMethod,
            authorizationType === "CUSTOM",
            apiKeyRequired === true,
            typeof requestValidatorId === "string",
          );
        }),
      );
      expectEqual("methods", found.toSorted(), wanted.toSorted());
    },
  },
  {
    claim: "API Gateway's own errors have our bodies",
    types: ["aws_api_gateway_rest_api"],
    check: async (applied) => {
      const { gatewayResponses } = apiParts(document(applied));
      const response = await getFromApi(applied, "/gatewayresponses");
      const found = listIn(response, "item").filter(({ defaultResponse }) => defaultResponse !== true);
      const template = (response: JsonObject | undefined) => asObject(response?.responseTemplates)["application/json"];
      expectEqual(
        "gateway responses",
        found.map((each) => asText(each.responseType)).toSorted(),
        Object.keys(gatewayResponses).toSorted(),
      );
      expectAll("bodies", found, (each) => template(each) === template(gatewayResponses[asText(each.responseType)]));
    },
  },
  {
    claim: "one address may send the document's requests a minute, the next get 429 with Retry-After",
    types: ["aws_wafv2_web_acl"],
    check: async (applied) => {
      const [values] = valuesOf(applied, "aws_wafv2_web_acl");
      const { Id = "", Name = "" } = { Id: asText(values?.id), Name: asText(values?.name) };
      const found = await callAws(applied.url, "wafv2", {
        target: "AWSWAF_20190729.GetWebACL",
        body: { Id, Name, Scope: "REGIONAL" },
      });
      const acl = asObject(parseObject(found).WebACL);
      const [rule] = listIn(acl, "Rules");
      const limit = asObject(asObject(rule?.Statement).RateBasedStatement);
      expectEqual(
        "limit and its key",
        [limit.Limit, limit.AggregateKeyType, limit.EvaluationWindowSec],
        [100, "IP", 60],
      );
      const response = asObject(asObject(asObject(rule?.Action).Block).CustomResponse);
      expectEqual("status", response.ResponseCode, 429);
      expectEqual(
        "Retry-After",
        listIn(response, "ResponseHeaders").some(({ Name: name }) => name === "Retry-After"),
        true,
      );
      const body = asObject(asObject(acl.CustomResponseBodies)[asText(response.CustomResponseBodyKey)]);
      expectEqual("error code", asObject(parseObject(asText(body.Content)).error).code, "rate_limit_exceeded");
    },
  },
  {
    claim: "each range of trusted addresses is in a set of its version of IP, and no other address is",
    types: ["aws_wafv2_ip_set"],
    check: async (applied) => {
      for (const { id, name, addresses, ip_address_version } of valuesOf(applied, "aws_wafv2_ip_set")) {
        const found = await callAws(applied.url, "wafv2", {
          target: "AWSWAF_20190729.GetIPSet",
          body: { Id: asText(id), Name: asText(name), Scope: "REGIONAL" },
        });
        const { IPSet } = parseObject(found);
        const { Addresses, IPAddressVersion } = asObject(IPSet);
        expectEqual(`ranges of ${asText(name)}`, [Addresses, IPAddressVersion], [addresses, ip_address_version]);
      }
    },
  },
  {
    claim: "blocked requests are logged, and no others, without API keys, in an encrypted log group",
    types: ["aws_wafv2_web_acl_logging_configuration"],
    check: async (applied) => {
      const [values] = valuesOf(applied, "aws_wafv2_web_acl");
      const found = await callAws(applied.url, "wafv2", {
        target: "AWSWAF_20190729.GetLoggingConfiguration",
        body: { ResourceArn: asText(values?.arn) },
      });
      const logging = asObject(parseObject(found).LoggingConfiguration);
      const { DefaultBehavior, Filters } = asObject(logging.LoggingFilter);
      const onlyBlocked = [
        { Behavior: "KEEP", Conditions: [{ ActionCondition: { Action: "BLOCK" } }], Requirement: "MEETS_ANY" },
      ];
      expectEqual("which requests", [DefaultBehavior, Filters], ["DROP", onlyBlocked]);
      const redacted = listIn(logging, "RedactedFields").map(({ SingleHeader }) => asText(asObject(SingleHeader).Name));
      expectAll("headers with keys", ["authorization", "x-api-key"], (name) => redacted.includes(name));
      const groups = valuesOf(applied, "aws_cloudwatch_log_group");
      const group = groups.find(({ name }) => asText(name).startsWith("aws-waf-logs-"));
      expectEqual("destination", logging.LogDestinationConfigs, [asText(group?.arn)]);
      expectEqual("whether it is encrypted", asText(group?.kms_key_id).startsWith("arn:aws:kms:"), true);
    },
  },
  {
    claim: "every usage plan limits the API's stage",
    types: ["aws_api_gateway_usage_plan"],
    check: async (applied) => {
      const response = parseObject(await callAws(applied.url, "apigateway", { method: "GET", path: "/usageplans" }));
      expectAll(
        "usage plans",
        listIn(response, "item"),
        (plan) =>
          listIn(plan, "apiStages").some(({ apiId }) => apiId === applied.outputs.rest_api_id) &&
          isObject(plan.throttle),
      );
    },
  },
  {
    claim: "a wrong key is refused by the real authorizer with 401 and our body",
    types: ["aws_lambda_function", "aws_lambda_permission"],
    check: async (applied) => {
      const wrong = `sk-sl-abcdefghijkl-${"A".repeat(43)}`;
      const response = await request(applied, "GET", "/v1/models", { authorization: `Bearer ${wrong}` });
      await expectError(response, 401, "invalid_api_key");
    },
  },
  {
    claim: "an unknown path is 404 with our body",
    types: ["aws_api_gateway_rest_api", "aws_api_gateway_deployment"],
    check: async (applied) => expectError(await request(applied, "GET", "/v1/nothing-here"), 404, "not_found"),
  },
  {
    claim: "a preflight gets 204 from API Gateway itself",
    types: ["aws_api_gateway_rest_api", "aws_api_gateway_deployment"],
    check: async (applied) => {
      const response = await request(applied, "OPTIONS", "/v1/chat/completions");
      expectEqual("status", response.status, 204);
      expectEqual("allowed methods", response.headers.get("access-control-allow-methods"), "POST,OPTIONS");
    },
  },
  {
    claim: "the stage has its document's limits, and requests above its burst get 429 with Retry-After and our body",
    types: ["aws_api_gateway_stage", "aws_api_gateway_method_settings"],
    check: async (applied) => {
      const [settings] = valuesOf(applied, "aws_api_gateway_method_settings");
      const { throttling_burst_limit, throttling_rate_limit } = block(settings?.settings) ?? {};
      const limits = { burst: Number(throttling_burst_limit), rate: Number(throttling_rate_limit) };
      expectEqual("the stage's limits", await stageLimits(applied), limits);
      // Two thousand at once, while a thousand a second refill the bucket, is more than this machine can send: the limits of
      // such a stage are scaled down, by the call that sets them.
      const part = Math.min(1, FLOODABLE_BURST / limits.burst);
      const flooded = { burst: Math.floor(limits.burst * part), rate: limits.rate * part };
      if (part < 1) await setStageLimits(applied, flooded);
      const requests = Array.from({ length: flooded.burst + 4 * Math.ceil(flooded.rate) }, () =>
        request(applied, "OPTIONS", "/v1/models"),
      );
      const refused = (await Promise.all(requests)).find(({ status }) => status === 429);
      if (part < 1) await setStageLimits(applied, limits);
      if (!refused) throw new Error(`none of ${requests.length} requests at once got 429`);
      expectEqual("Retry-After", refused.headers.get("retry-after"), "1");
      await expectError(refused, 429, "rate_limit_exceeded");
      expectEqual("the stage's limits afterwards", await stageLimits(applied), limits);
    },
  },
];

/** The largest burst that is tested without scaling. */
const FLOODABLE_BURST = 100;

interface StageLimits {
  readonly burst: number;
  readonly rate: number;
}

function stagePath(applied: Applied): string {
  const [stage] = valuesOf(applied, "aws_api_gateway_stage");
  return `/stages/${asText(stage?.stage_name)}`;
}

async function stageLimits(applied: Applied): Promise<StageLimits> {
  const { methodSettings } = await getFromApi(applied, stagePath(applied));
  const all = asObject(asObject(methodSettings)["*/*"]);
  return { burst: Number(all.throttlingBurstLimit), rate: Number(all.throttlingRateLimit) };
}

async function setStageLimits(applied: Applied, { burst, rate }: StageLimits): Promise<void> {
  const path = `/restapis/${asText(applied.outputs.rest_api_id)}${stagePath(applied)}`;
  const patchOperations = [
    { op: "replace", path: "/*/*/throttling/burstLimit", value: String(burst) },
    { op: "replace", path: "/*/*/throttling/rateLimit", value: String(rate) },
  ];
  await callAws(applied.url, "apigateway", { method: "PATCH", path, body: { patchOperations } });
}

function line(path: string, method: string, authorizer: boolean, key: boolean, validator: boolean): string {
  return `${method} ${path} authorizer ${authorizer} key ${key} validator ${validator}`;
}

function valuesOf({ attributes }: Applied, type: string): readonly JsonObject[] {
  return Object.entries(attributes).flatMap(([address, values]) =>
    address.startsWith(`${type}.`) && isObject(values) ? [values] : [],
  );
}

function document(applied: Applied): JsonObject {
  return parseObject(asText(valuesOf(applied, "aws_api_gateway_rest_api")[0]?.body));
}

async function getFromApi({ url, outputs }: Applied, path: string): Promise<JsonObject> {
  const api = `/restapis/${asText(outputs.rest_api_id)}`;
  return parseObject(await callAws(url, "apigateway", { method: "GET", path: `${api}${path}` }));
}

/** A client's request to the API itself. */
function request(
  applied: Applied,
  method: string,
  path: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  const [stage] = valuesOf(applied, "aws_api_gateway_stage");
  const api = `/_aws/execute-api/${asText(applied.outputs.rest_api_id)}/${asText(stage?.stage_name)}`;
  return fetch(`${applied.url}${api}${path}`, { method, headers });
}

async function expectError(response: Response, status: number, code: string): Promise<void> {
  const text = await response.text();
  expectEqual(`status (of ${text})`, response.status, status);
  expectEqual("error code", asObject(parseObject(text).error).code, code);
}
