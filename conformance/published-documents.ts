import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isRecord } from "../lib/is-record.ts";
import { ApiDocument } from "./api-document.ts";
import { pythonWith, run } from "./build-once.ts";
import type { JsonObject } from "./schema-dialect.ts";

/** The documents that OpenAI and Anthropic publish, and a validator of OpenAPI documents. */
export interface PublishedDocuments {
  readonly openai: ApiDocument;
  readonly anthropic: ApiDocument;
  /** Problems of an OpenAPI document by OpenAPI's own rules; empty when it is valid. */
  complaintsAbout(document: JsonObject): string;
}

/** Fields of responses that OpenAI's document does not have, each with its reason. */
const BEYOND_OPENAI = [
  // vLLM's fields of a model, from which clients read its context.
  /^(\/data\/\d+|\/) must NOT have unevaluated properties \((root|max_model_len|capabilities)\)$/,
  // Every problem of a request; `message` and `param` have the first.
  /^\/error must NOT have unevaluated properties \(details\)$/,
  // API Gateway's own errors are in OpenAI's shape and in Anthropic's at once.
  /^\/ must NOT have unevaluated properties \((type|request_id)\)$/,
  // OpenAI's own service sends it too; its SDKs read it.
  /^(\/response|\/) must NOT have unevaluated properties \(store\)$/,
  // The document's own examples of batches have null for events that have not happened, as the service has.
  /^\/(data\/\d+\/)?(errors|\w+_file_id|\w+_at) must be (object|string|integer)$/,
  // Both SDKs request base64, which the document has in the request only.
  /^\/data\/\d+\/embedding must be array$/,
  // The types of both SDKs have them in keys and groups; the document that was published is older.
  /^(\/api_key|\/data\/\d+|\/) must NOT have unevaluated properties \((expires_at|owner_project_access|group_type)\)$/,
  // What an admin key permits at most, which OpenAI's admin keys have nothing like.
  /^(\/data\/\d+|\/) must NOT have unevaluated properties \(scopes\)$/,
  // Whether an audit event is sealed, which OpenAI's audit log has nothing like.
  /^\/data\/\d+ must NOT have unevaluated properties \(seal\)$/,
  // What the document's results of usage have nothing of: failed requests, and times as sums.
  /^\/data\/\d+\/results\/\d+ must NOT have unevaluated properties \((num_(failed|timed|streamed)_requests|duration_ms|first_token_ms)\)$/,
  // The document describes whole completions only; a chunk in the middle of a stream has no reason yet.
  /^\/choices\/\d+\/finish_reason must be (string|equal to one of the allowed values.*)$/,
];

/** Fields from which Anthropic's SDKs read an error's code, and those of API Gateway's errors, which have both shapes. */
const BEYOND_ANTHROPIC = [/^\/error must NOT have unevaluated properties \((details|param|code)\)$/];

const documents = join(import.meta.dirname, "documents");

/** Installs the package of the documents, once. */
export async function publishedDocuments(): Promise<PublishedDocuments | { readonly missing: string }> {
  const built = await pythonWith("documents/requirements.txt", ["documents/read_documents.py"], (python, home) =>
    run(python, [join(documents, "read_documents.py"), home]),
  );
  if ("missing" in built) return built;
  return {
    openai: new ApiDocument(read(join(built.home, "openai.json")), {
      prefix: "/v1",
      error: "ErrorResponse",
      events: { "/completions": "CreateCompletionResponse" },
      extensions: BEYOND_OPENAI,
    }),
    anthropic: new ApiDocument(read(join(built.home, "anthropic.json")), {
      // Its models and files are on paths of OpenAI's too.
      paths: ["/v1/messages", "/v1/messages/count_tokens"],
      error: "ErrorResponse",
      events: { "/v1/messages": "MessageStreamEvent" },
      // Only Anthropic's prose has it.
      otherEvents: ["ping"],
      extensions: BEYOND_ANTHROPIC,
    }),
    complaintsAbout(document) {
      const command = [join(built.home, "venv/bin/python"), "-m", "openapi_spec_validator", "-"] as const;
      const [python, ...words] = command;
      const { status, stdout, stderr } = spawnSync(python, words, {
        input: JSON.stringify(document),
        encoding: "utf8",
      });
      return status === 0 ? "" : `${stdout}${stderr}`.trim();
    },
  };
}

function read(file: string): JsonObject {
  const document: unknown = JSON.parse(readFileSync(file, "utf8"));
  if (!isRecord(document)) throw new Error(`${file} is no OpenAPI document`);
  return document;
}
