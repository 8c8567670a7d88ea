import { asObject, isObject, type Json, type JsonObject } from "../../local/template/json.ts";

/** One method of an OpenAPI document with API Gateway's extensions, in the form of API Gateway's single calls. */
export interface ApiMethod {
  readonly path: string;
  /** `GET`, …, `ANY` */
  readonly httpMethod: string;
  /** Name of its authorizer, if it has one. */
  readonly authorizer: string | undefined;
  readonly apiKeyRequired: boolean;
  /** Name of its request validator, if it has one. */
  readonly validator: string | undefined;
  /** `method.request.path.model` → whether it is required. */
  readonly requestParameters: JsonObject;
  readonly integration: JsonObject;
  /** Status → headers that the method declares. */
  readonly responses: Readonly<Record<string, readonly string[]>>;
  /** The integration's responses by status; only of integrations that are no proxies. */
  readonly integrationResponses: Readonly<Record<string, JsonObject>>;
}

/** The parts of a document that an import creates, and its methods. */
export interface ApiParts {
  readonly apiKeySource: string;
  /** Name → body of CreateAuthorizer. */
  readonly authorizers: Readonly<Record<string, JsonObject>>;
  readonly validators: Readonly<Record<string, JsonObject>>;
  /** Type → body of PutGatewayResponse. */
  readonly gatewayResponses: Readonly<Record<string, JsonObject>>;
  readonly methods: readonly ApiMethod[];
}

const METHODS: ReadonlySet<string> = new Set(["get", "put", "post", "delete", "options", "head", "patch"]);
const ANY = "x-amazon-apigateway-any-method";

/** Extracts the parts of an OpenAPI document. */
export function apiParts(document: JsonObject): ApiParts {
  const schemes = objects(asObject(document.components ?? {}).securitySchemes);
  const authorizers = Object.fromEntries(
    Object.entries(schemes).flatMap(([name, scheme]) => {
      const settings = scheme["x-amazon-apigateway-authorizer"];
      if (!isObject(settings)) return [];
      const type = String(settings.type).toUpperCase();
      return [[name, { ...settings, name, type, authType: scheme["x-amazon-apigateway-authtype"] ?? "custom" }]];
    }),
  );
  const keySchemes = new Set(Object.keys(schemes).filter((name) => !(name in authorizers)));
  const usual = document["x-amazon-apigateway-request-validator"];
  const methods = Object.entries(objects(document.paths)).flatMap(([path, item]) =>
    Object.entries(item).flatMap(([name, operation]): readonly ApiMethod[] => {
      if (!isObject(operation) || (name !== ANY && !METHODS.has(name))) return [];
      const security = Array.isArray(operation.security) ? operation.security.flatMap(namesOf) : [];
      const validator = operation["x-amazon-apigateway-request-validator"] ?? usual;
      return [
        {
          path,
          httpMethod: name === ANY ? "ANY" : name.toUpperCase(),
          authorizer: security.find((each) => each in authorizers),
          apiKeyRequired: security.some((each) => keySchemes.has(each)),
          validator: typeof validator === "string" ? validator : undefined,
          requestParameters: requestParameters(operation.parameters),
          ...integrationOf(operation),
          responses: Object.fromEntries(
            Object.entries(objects(operation.responses))
              .filter(([status]) => /^\d+$/.test(status))
              .map(([status, response]) => [status, Object.keys(asObject(response.headers ?? {}))]),
          ),
        },
      ];
    }),
  );
  return {
    apiKeySource: String(document["x-amazon-apigateway-api-key-source"] ?? "HEADER"),
    authorizers,
    validators: objects(document["x-amazon-apigateway-request-validators"]),
    gatewayResponses: objects(document["x-amazon-apigateway-gateway-responses"]),
    methods,
  };
}

function integrationOf(operation: JsonObject): Pick<ApiMethod, "integration" | "integrationResponses"> {
  const { responses, type, passthroughBehavior, ...rest } = asObject(operation["x-amazon-apigateway-integration"]);
  return {
    integration: {
      ...rest,
      type: String(type).toUpperCase(),
      ...(passthroughBehavior === undefined ? {} : { passthroughBehavior: String(passthroughBehavior).toUpperCase() }),
    },
    integrationResponses: Object.fromEntries(
      Object.values(objects(responses)).map((response) => [String(response.statusCode), response]),
    ),
  };
}

function requestParameters(parameters: Json | undefined): JsonObject {
  if (!Array.isArray(parameters)) return {};
  const locations: Readonly<Record<string, string>> = { path: "path", query: "querystring", header: "header" };
  return Object.fromEntries(
    parameters
      .filter(isObject)
      .map((each) => [`method.request.${locations[String(each.in)]}.${each.name}`, each.required === true]),
  );
}

function objects(value: Json | undefined): Readonly<Record<string, JsonObject>> {
  if (!isObject(value)) return {};
  return Object.fromEntries(Object.entries(value).flatMap(([name, each]) => (isObject(each) ? [[name, each]] : [])));
}

function namesOf(requirement: Json): readonly string[] {
  return isObject(requirement) ? Object.keys(requirement) : [];
}
