import { isRecord } from "../../../lib/is-record.ts";
import { examplesOf } from "./examples.ts";
import { type Html, html, prose } from "./html.ts";
import { fieldsOf, resolve, type Schema, type Schemas } from "./json-schema.ts";
import { schemaList } from "./schema-list.ts";

/** One operation of the OpenAPI document, with its method and path. */
export interface ReferenceOperation {
  readonly path: string;
  readonly method: string;
  readonly operation: Schema;
}

const PASSED_ON = html`<p class="note"><code>null</code> is the same as leaving a field out. Other fields are passed on to the model's engine as they are.</p>`;

/** Whether a model's engine gets the body. */
function isForModels(operation: Schema): boolean {
  const examples = content(responses(operation)["404"], "application/json")?.examples;
  return isRecord(examples) && "model_not_found" in examples;
}

/** Whether it is an operation of the control API. */
function isControl({ security }: Schema): boolean {
  return records(security).some((scheme) => "adminKey" in scheme);
}

/** The parameters and responses of one operation, with examples beside them. */
export function operationSection({ path, method, operation }: ReferenceOperation, schemas: Schemas): Html {
  const id = text(operation.operationId);
  const form = content(operation.requestBody, "multipart/form-data");
  const body = content(operation.requestBody, "application/json") ?? form;
  const isPublic = Array.isArray(operation.security) && operation.security.length === 0;
  const scope = text(operation["x-scope"]);
  const needsAdminKey = isControl(operation);
  const examples = examplesOf({
    method,
    path,
    operationId: id,
    body: body?.example,
    isForm: form !== undefined,
    keyVariable: isPublic ? undefined : needsAdminKey ? "SLUICE_ADMIN_KEY" : "SLUICE_KEY",
  });
  return html`<section id="${id}" aria-labelledby="${id}-title">
<header><h2 id="${id}-title">${text(operation.summary)}</h2>
<p class="address"><span class="method ${method}">${method.toUpperCase()}</span> <code>${path}</code>${
    operation.deprecated === true ? html` <span class="deprecated">deprecated</span>` : undefined
  }</p>
<p>${prose(text(operation.description))}</p>
${scope === "" ? undefined : html`<p class="note">For ${needsAdminKey ? "admin keys of owners" : "keys"} with the scope <code>${scope}</code>.</p>`}</header>
<div class="columns"><div>
${parameters(operation, schemas)}
${body === undefined ? undefined : html`<h3>Body</h3>${schemaList(fieldsOf(body.schema, schemas), schemas)}${isForModels(operation) ? PASSED_ON : undefined}`}
${responseSection(operation, schemas)}
${errors(operation)}
</div><div class="examples">
${examples.map(({ title, code }) => example(title, code))}
${responseExample(operation)}
</div></div></section>`;
}

const PARAMETERS = [
  ["path", "In the path"],
  ["query", "In the query"],
  ["header", "In headers"],
] as const;

function parameters(operation: Schema, schemas: Schemas): Html | undefined {
  const list = records(operation.parameters);
  if (list.length === 0) return undefined;
  const parts = PARAMETERS.flatMap(([location, title]) => {
    const fields = list
      .filter((parameter) => parameter.in === location)
      .map(({ name, schema, required, description }) => ({
        name: text(name),
        schema: { ...(description === undefined ? {} : { description }), ...resolve(schema, schemas) },
        isRequired: required === true,
      }));
    return fields.length === 0 ? [] : [html`<h3>${title}</h3>${schemaList(fields, schemas)}`];
  });
  return html`${parts}`;
}

function responseSection(operation: Schema, schemas: Schemas): Html {
  const { 200: whole } = responses(operation);
  const json = content(whole, "application/json");
  const events = content(whole, "text/event-stream");
  const fields = fieldsOf(json?.schema, schemas);
  return html`<h3>Response</h3><p>${prose(text(whole?.description))}</p>${
    fields.length > 0
      ? html`<details><summary>Fields of the response</summary>${schemaList(fields, schemas)}</details>`
      : undefined
  }${events === undefined ? undefined : html`<p><strong>Streamed</strong>: ${prose(text(resolve(events.schema, schemas).description))}</p>`}`;
}

function errors(operation: Schema): Html | undefined {
  const rows = Object.entries(responses(operation)).flatMap(([status, response]) => {
    const examples = content(response, "application/json")?.examples;
    const codes = isRecord(examples) ? Object.values(examples).flatMap((one) => errorOf(status, one)) : [];
    return codes;
  });
  if (rows.length === 0) return undefined;
  return html`<details class="errors"><summary>Errors</summary><div class="scroll" tabindex="0" role="region" aria-label="Errors of ${text(operation.operationId)}"><table>
<thead><tr><th scope="col">Status</th><th scope="col">Code</th><th scope="col">Meaning</th></tr></thead><tbody>${rows}</tbody></table></div></details>`;
}

function errorOf(status: string, example: unknown): readonly Html[] {
  const value = isRecord(example) ? example.value : undefined;
  const error = isRecord(value) ? value.error : undefined;
  if (!isRecord(error)) return [];
  return [
    html`<tr><td>${status}</td><td><code>${text(error.code)}</code></td><td>${prose(text(error.message))}</td></tr>`,
  ];
}

function responseExample(operation: Schema): Html | undefined {
  const value = content(responses(operation)["200"], "application/json")?.example;
  return value === undefined ? undefined : example("Response", JSON.stringify(value, null, 2));
}

function example(title: string, code: string): Html {
  return html`<figure><figcaption>${title}</figcaption><pre tabindex="0"><code>${code}</code></pre></figure>`;
}

function responses(operation: Schema): Readonly<Record<string, Schema>> {
  const all = isRecord(operation.responses) ? operation.responses : {};
  return Object.fromEntries(Object.entries(all).flatMap(([status, one]) => (isRecord(one) ? [[status, one]] : [])));
}

function content(holder: unknown, mediaType: string): Schema | undefined {
  const all = isRecord(holder) ? holder.content : undefined;
  const one = isRecord(all) ? all[mediaType] : undefined;
  return isRecord(one) ? one : undefined;
}

function records(list: unknown): readonly Schema[] {
  return Array.isArray(list) ? list.filter(isRecord) : [];
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
