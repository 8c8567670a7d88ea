import * as z from "zod";
import {
  AdminConnectionTest,
  AdminDeleted,
  AdminOverride,
  AdminPrice,
  AdminPriceList,
  AdminProvider,
  AdminProviderList,
  AdminRoute,
  AdminRouteList,
  AdminTargetList,
} from "../api/admin.ts";
import { BatchCreateRequest, BatchList, BatchObject } from "../api/batches.ts";
import { ChatCompletionChunk, ChatCompletionRequest, ChatCompletionResponse } from "../api/chat.ts";
import { CompletionRequest, CompletionResponse } from "../api/completions.ts";
import { EmbeddingRequest, EmbeddingResponse } from "../api/embeddings.ts";
import { ERRORS } from "../api/errors.ts";
import { FileDeleted, FileList, FileObject, FileUpload } from "../api/files.ts";
import { Health } from "../api/health.ts";
import {
  CountTokensRequest,
  Message,
  MessageEvent,
  MessagesErrorBody,
  MessagesRequest,
  MessageTokens,
} from "../api/messages.ts";
import { ModelCard, ModelList } from "../api/models.ts";
import { ModerationRequest, ModerationResponse } from "../api/moderations.ts";
import { DeletedResponse, ModelResponse, ResponseEvent, ResponseItemList, ResponseRequest } from "../api/responses.ts";
import { DetokenizeRequest, DetokenizeResponse, TokenizeRequest, TokenizeResponse } from "../api/tokenize.ts";
import { LiveRequestList, LiveRequestStopped } from "../live/live-requests.ts";
import { LogLineList } from "../live/log-lines.ts";
import { ServiceHealth } from "../live/service-health.ts";
import { RouteOverride } from "../targets/target-changes.ts";
import { ProviderSettings, RouteSettings } from "../targets/target-settings.ts";
import { TokenPriceSettings } from "../targets/token-prices.ts";
import { FIELD_NOTES } from "./field-notes.ts";

/** `GET /openapi.json`. */
const OpenApi = z.looseObject({ openapi: z.string(), paths: z.record(z.string(), z.unknown()) });

const ErrorBody = z.object({
  /** With `request_id` in API Gateway's own responses: one body in OpenAI's shape and in Anthropic's. */
  type: z.literal("error").optional(),
  request_id: z.string().optional(),
  error: z.object({
    message: z.string(),
    type: z.string(),
    param: z.string().nullable(),
    code: z.enum(Object.keys(ERRORS)),
    details: z.array(z.object({ param: z.string(), message: z.string() })).optional(),
    decision_id: z.string().optional(),
  }),
});

const SCHEMAS = {
  CompletionRequest,
  CompletionResponse,
  ChatCompletionRequest,
  ChatCompletionResponse,
  ChatCompletionChunk,
  ResponseRequest,
  Response: ModelResponse,
  ResponseEvent,
  DeletedResponse,
  ResponseItemList,
  MessagesRequest,
  Message,
  MessageEvent,
  CountTokensRequest,
  MessageTokens,
  MessagesError: MessagesErrorBody,
  EmbeddingRequest,
  EmbeddingResponse,
  ModerationRequest,
  ModerationResponse,
  TokenizeRequest,
  TokenizeResponse,
  DetokenizeRequest,
  DetokenizeResponse,
  FileUpload,
  File: FileObject,
  FileList,
  FileDeleted,
  BatchCreateRequest,
  Batch: BatchObject,
  BatchList,
  Model: ModelCard,
  ModelList,
  Health,
  AdminTargetList,
  LiveRequestList,
  LiveRequestStopped,
  LogLineList,
  ServiceHealth,
  ProviderSettings,
  AdminProvider,
  AdminProviderList,
  AdminConnectionTest,
  RouteSettings,
  AdminRoute,
  AdminRouteList,
  RouteOverride,
  AdminOverride,
  TokenPriceSettings,
  AdminPrice,
  AdminPriceList,
  AdminDeleted,
  OpenApi,
  Error: ErrorBody,
} as const;

export type SchemaName = keyof typeof SCHEMAS;

/** Reference to a component schema. */
export function schemaRef(name: SchemaName): { readonly $ref: string } {
  return { $ref: `#/components/schemas/${name}` };
}

/** The component schemas of the reference, generated from the zod contracts in OpenAPI 3.0's dialect. */
export function componentSchemas(): Readonly<Record<string, unknown>> {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(SCHEMAS)) registry.add(schema, { id });
  const { schemas } = z.toJSONSchema(registry, {
    target: "openapi-3.0",
    io: "input",
    uri: (id) => `#/components/schemas/${id}`,
  });
  return Object.fromEntries(
    Object.entries(schemas).map(([name, schema]) => [name, withNotes(name, withoutIdentity(schema))]),
  );
}

/** Adds descriptions to the fields of requests. */
function withNotes(name: string, schema: Readonly<Record<string, unknown>>): object {
  const notes = FIELD_NOTES[name];
  const properties = notes && asRecord(schema.properties);
  if (!properties) return schema;
  return {
    ...schema,
    properties: Object.fromEntries(
      Object.entries(properties).map(([field, type]) => [field, { ...notes[field], ...asRecord(type) }]),
    ),
  };
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === "object" && value !== null ? { ...value } : undefined;
}

/** OpenAPI 3.0 has no `$id` and no `$schema`: the path in `components` is the identity. */
function withoutIdentity(schema: object): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(schema).filter(([key]) => key !== "$id" && key !== "$schema" && key !== "id"),
  );
}
