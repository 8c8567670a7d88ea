import { isRecord } from "../../../lib/is-record.ts";

export interface Example {
  readonly title: string;
  readonly code: string;
}

/** What an example is made of. */
export interface ExampleRequest {
  readonly method: string;
  readonly path: string;
  readonly operationId: string;
  readonly body: unknown;
  /** Whether a file is uploaded. */
  readonly isForm: boolean;
  /** Variable of the shell with the key. @default - none is needed */
  readonly keyVariable: string | undefined;
}

/** Calls of the official SDK by operation; operations that it lacks are shown with curl alone. */
const SDK_CALLS: Readonly<Record<string, string>> = {
  createCompletion: "client.completions.create",
  createChatCompletion: "client.chat.completions.create",
  createEmbedding: "client.embeddings.create",
};

/** Example calls of an operation: with curl, and with the official SDKs where they have it. */
export function examplesOf(request: ExampleRequest): readonly Example[] {
  return [{ title: "curl", code: curl(request) }, ...sdkExamples(request)];
}

function curl({ method, path, body, isForm, keyVariable }: ExampleRequest): string {
  const lines = [`curl "$SLUICE_URL${path.replace("{model}", "phi-3-mini")}"`];
  if (method !== "get" && body === undefined && !isForm) lines[0] = `${lines[0]} -X ${method.toUpperCase()}`;
  if (keyVariable !== undefined) lines.push(`-H "Authorization: Bearer $${keyVariable}"`);
  if (isForm) lines.push("-F purpose=batch", "-F file=@lines.jsonl");
  if (body !== undefined) {
    lines.push("-H 'content-type: application/json'");
    // A quote inside of single quotes ends them for the shell.
    lines.push(`-d '${JSON.stringify(body, null, 2).replaceAll("'", `'\\''`)}'`);
  }
  return lines.join(" \\\n  ");
}

function sdkExamples({ operationId, body }: ExampleRequest): readonly Example[] {
  if (operationId === "listModels") {
    return [
      {
        title: "JavaScript",
        code: `${JS_CLIENT}\nfor await (const model of client.models.list()) console.log(model.id);`,
      },
      { title: "Python", code: `${PY_CLIENT}\nfor model in client.models.list():\n    print(model.id)` },
    ];
  }
  const call = SDK_CALLS[operationId];
  if (call === undefined || !isRecord(body)) return [];
  const isStream = body.stream === true;
  const javascript = isStream
    ? `const stream = await ${call}(${JSON.stringify(body, null, 2)});\nfor await (const event of stream) process.stdout.write(event.choices[0]?.delta?.content ?? "");`
    : `const response = await ${call}(${JSON.stringify(body, null, 2)});\nconsole.log(response);`;
  const fields = Object.entries(body).map(([name, value]) => `    ${name}=${python(value)},`);
  const assigned = `${isStream ? "stream" : "response"} = ${call}(\n${fields.join("\n")}\n)`;
  const rest = isStream
    ? `for event in stream:\n    print(event.choices[0].delta.content or "", end="")`
    : "print(answer)";
  return [
    { title: "JavaScript", code: `${JS_CLIENT}\n${javascript}` },
    { title: "Python", code: `${PY_CLIENT}\n${assigned}\n${rest}` },
  ];
}

const JS_CLIENT =
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the example's own placeholder
  'import { env } from "node:process";\nimport OpenAI from "openai";\n\nconst client = new OpenAI({\n  baseURL: `${env.SLUICE_URL}/v1`,\n  apiKey: env.SLUICE_KEY,\n});\n';
const PY_CLIENT =
  'import os\nfrom openai import OpenAI\n\nclient = OpenAI(\n    base_url=os.environ["SLUICE_URL"] + "/v1",\n    api_key=os.environ["SLUICE_KEY"],\n)\n';

/** JSON as Python writes it. */
function python(value: unknown): string {
  if (value === true) return "True";
  if (value === false) return "False";
  if (value === null) return "None";
  if (Array.isArray(value)) return `[${value.map(python).join(", ")}]`;
  if (isRecord(value)) {
    return `{${Object.entries(value)
      .map(([name, one]) => `${JSON.stringify(name)}: ${python(one)}`)
      .join(", ")}}`;
  }
  return JSON.stringify(value);
}
