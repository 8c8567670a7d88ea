import { asList, asObject, asText, isObject, type Json, type JsonObject } from "../../local/template/json.ts";
import { type Call, input, parseObject, type Reply } from "../aws-calls/call.ts";
import { type ApiMethod, apiParts } from "./api-document.ts";
import type { Send } from "./emulator-patch.ts";

/**
 * Does what PutRestApi does in the mode `overwrite`, by single calls: MiniStack serves an API that was made piece by
 * piece, but cannot import a document into an existing one.
 */
export async function importRestApi(call: Call, send: Send): Promise<Reply> {
  const api = call.operation.split(" ")[1] ?? "";
  const sendCall = async (method: string, path: string, body?: JsonObject): Promise<JsonObject> => {
    const text = body === undefined ? "" : JSON.stringify(body);
    const reply = await send({
      ...call,
      method,
      url: `${api}${path}`,
      operation: `${method} ${api}${path}`,
      body: Buffer.from(text),
    });
    const response = reply.body.toString("utf8");
    if (reply.status >= 300) throw new Error(`${method} ${api}${path} got ${reply.status}: ${response} to ${text}`);
    return response.trim() === "" ? {} : parseObject(response);
  };

  await removeAll(sendCall);
  const parts = apiParts(input(call));
  await sendCall("PATCH", "", {
    patchOperations: [{ op: "replace", path: "/apiKeySource", value: parts.apiKeySource }],
  });
  const authorizers = await makeAll(sendCall, "/authorizers", parts.authorizers);
  const validators = await makeAll(sendCall, "/requestvalidators", parts.validators);
  for (const [type, body] of Object.entries(parts.gatewayResponses))
    await sendCall("PUT", `/gatewayresponses/${type}`, body);

  const resources = new Map<string, string>([["", await rootId(sendCall)]]);
  for (const method of parts.methods) {
    const resource = await resourceId(sendCall, resources, method.path);
    await makeMethod(sendCall, `/resources/${resource}/methods/${method.httpMethod}`, method, {
      authorizers,
      validators,
    });
  }
  return send({ ...call, method: "GET", url: api, operation: `GET ${api}`, body: Buffer.alloc(0) });
}

type SendCall = (method: string, path: string, body?: JsonObject) => Promise<JsonObject>;

async function removeAll(sendCall: SendCall): Promise<void> {
  for (const resource of items(await sendCall("GET", "/resources?limit=500"))) {
    const isTop = asText(resource.path).split("/").length === 2 && resource.path !== "/";
    if (isTop) await sendCall("DELETE", `/resources/${asText(resource.id)}`); // with all below it
  }
  for (const kind of ["authorizers", "requestvalidators"])
    for (const { id } of items(await sendCall("GET", `/${kind}`))) await sendCall("DELETE", `/${kind}/${asText(id)}`);
  for (const { responseType, defaultResponse } of items(await sendCall("GET", "/gatewayresponses")))
    if (defaultResponse !== true) await sendCall("DELETE", `/gatewayresponses/${asText(responseType)}`);
}

/** @returns ids by name */
async function makeAll(
  sendCall: SendCall,
  path: string,
  bodies: Readonly<Record<string, JsonObject>>,
): Promise<ReadonlyMap<string, Json>> {
  const ids = new Map<string, Json>();
  for (const [name, body] of Object.entries(bodies))
    ids.set(name, (await sendCall("POST", path, { ...body, name })).id ?? null);
  return ids;
}

async function rootId(sendCall: SendCall): Promise<string> {
  const root = items(await sendCall("GET", "/resources?limit=500")).find(({ path }) => path === "/");
  return asText(root?.id);
}

/** Id of a path's resource; makes it and those above it. */
async function resourceId(sendCall: SendCall, known: Map<string, string>, path: string): Promise<string> {
  const trimmed = path.replace(/\/$/, "");
  const found = known.get(trimmed);
  if (found !== undefined) return found;
  const cut = trimmed.lastIndexOf("/");
  const parent = await resourceId(sendCall, known, trimmed.slice(0, cut));
  const made = await sendCall("POST", `/resources/${parent}`, { pathPart: trimmed.slice(cut + 1) });
  const id = asText(made.id);
  known.set(trimmed, id);
  return id;
}

interface Ids {
  readonly authorizers: ReadonlyMap<string, Json>;
  readonly validators: ReadonlyMap<string, Json>;
}

async function makeMethod(
  sendCall: SendCall,
  path: string,
  method: ApiMethod,
  { authorizers, validators }: Ids,
): Promise<void> {
  const { authorizer, validator, apiKeyRequired, requestParameters } = method;
  await sendCall("PUT", path, {
    authorizationType: authorizer === undefined ? "NONE" : "CUSTOM",
    ...(authorizer === undefined ? {} : { authorizerId: authorizers.get(authorizer) }),
    ...(validator === undefined ? {} : { requestValidatorId: validators.get(validator) }),
    apiKeyRequired,
    requestParameters,
  });
  for (const [status, headers] of Object.entries(method.responses)) {
    const responseParameters = Object.fromEntries(headers.map((name) => [`method.response.header.${name}`, false]));
    await sendCall("PUT", `${path}/responses/${status}`, { responseParameters });
  }
  await sendCall("PUT", `${path}/integration`, method.integration);
  for (const [status, response] of Object.entries(method.integrationResponses))
    await sendCall("PUT", `${path}/integration/responses/${status}`, response);
}

/** The items of a list: API Gateway calls them `item` on the wire. */
function items(response: JsonObject): readonly JsonObject[] {
  return asList(response.item ?? response.items ?? [])
    .filter(isObject)
    .map(asObject);
}
