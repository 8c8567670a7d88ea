import type { SearchEntry } from "../src/docs/search-options.ts";
import { type DocsPage, escaped, scrolled } from "./docs-page.ts";
import { type Fields, fieldsOf, type OpenApi, type Operation, type Schema, typeOf } from "./openapi-schema.ts";

/** Operations by the beginning of their path, of which the first one counts. */
const GROUPS: readonly (readonly [prefix: string, name: string, title: string])[] = [
  ["/v1/organization/usage", "api-usage", "API: usage and costs"],
  ["/v1/organization/costs", "api-usage", "API: usage and costs"],
  ["/v1/organization/projects", "api-projects", "API: projects"],
  ["/v1/projects", "api-projects", "API: projects"],
  ["/v1/organization", "api-organization", "API: organisation"],
  ["/v1/files", "api-batches", "API: files and batches"],
  ["/v1/batches", "api-batches", "API: files and batches"],
  ["/v1/", "api-models", "API: models"],
  ["/admin", "api-operation", "API: operation"],
  ["/", "api-service", "API: service"],
];
const METHODS = ["get", "post", "put", "patch", "delete"] as const;

interface Described {
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
}

/** The API's operations as pages, in the order of the groups of people who call them: models first. */
export function referencePages(api: OpenApi): readonly DocsPage[] {
  const operations = Object.entries(api.paths).flatMap(([path, methods]) =>
    METHODS.flatMap((method): readonly Described[] => {
      const operation = methods[method];
      return operation === undefined ? [] : [{ method: method.toUpperCase(), path, operation }];
    }),
  );
  const groups = Map.groupBy(operations, ({ path }) => GROUPS.find(([prefix]) => path.startsWith(prefix))?.[1] ?? "");
  const first = ["api-models", "api-batches"];
  const names = [...first, ...[...groups.keys()].filter((name) => !first.includes(name)).toSorted()];
  return names.map((name) => page(api, name, groups.get(name) ?? []));
}

function page(api: OpenApi, name: string, operations: readonly Described[]): DocsPage {
  const title = GROUPS.find(([, group]) => group === name)?.[2] ?? name;
  const list = operations
    .map(({ operation, method, path }) => {
      const { operationId, summary } = operation;
      return `<li><a href="#${operationId}">${escaped(summary)}</a> <code>${method} ${escaped(path)}</code></li>`;
    })
    .join("");
  return {
    name,
    title,
    lead: operations
      .map(({ operation }) => operation.summary)
      .slice(0, 3)
      .join(", "),
    html: `<h1>${escaped(title)}</h1><ul class="docs-operations">${list}</ul>${operations.map((one) => section(api, one)).join("")}`,
    entries: operations.map((one) => entry(name, title, one)),
  };
}

function entry(name: string, page: string, { method, path, operation }: Described): SearchEntry {
  const { operationId, summary, description = "", parameters = [] } = operation;
  const text = [operationId, `${method} ${path}`, description, ...parameters.map((parameter) => parameter.name)].join(
    " ",
  );
  return { id: `/docs/${name}#${operationId}`, page, heading: summary, text };
}

function section(api: OpenApi, { method, path, operation }: Described): string {
  const { operationId, summary, description = "", parameters = [], requestBody, responses } = operation;
  const label = `${summary}, ${method} ${path}`;
  const sent = contentOf(requestBody);
  const [status = "", success] = Object.entries(responses).find(([code]) => code.startsWith("2")) ?? [];
  const received = contentOf(success);
  const errors = Object.keys(responses).filter((code) => /^[45]/.test(code));
  const rows = parameters.map((parameter) => ({
    name: parameter.name,
    type: `${typeOf(api, parameter.schema ?? {})} in ${parameter.in}`,
    isRequired: parameter.required ?? false,
    description: parameter.description ?? parameter.schema?.description ?? "",
  }));
  return [
    `<section aria-labelledby="${operationId}"><h2 id="${operationId}">${escaped(summary)}</h2>`,
    `<p><code>${method} ${escaped(path)}</code></p>`,
    description === "" ? "" : `<p>${escaped(description)}</p>`,
    rows.length === 0 ? "" : `<h3>Parameters</h3>${table(rows, `Parameters: ${label}`)}`,
    body(api, "Body", sent?.schema, label),
    sent?.example === undefined ? "" : example(sent.example, label),
    body(api, `Response ${status}`, received?.schema, label),
    errors.length === 0 ? "" : `<p>Errors: ${errors.join(", ")} (<a href="/docs/errors">errors</a>).</p>`,
    "</section>",
  ].join("");
}

interface Content {
  readonly schema?: Schema;
  readonly example?: unknown;
}

function contentOf(of: { readonly content?: Readonly<Record<string, Content>> } | undefined): Content | undefined {
  return Object.values(of?.content ?? {})[0];
}

function body(api: OpenApi, title: string, schema: Schema | undefined, label: string): string {
  if (schema === undefined) return "";
  const fields = fieldsOf(api, schema);
  const content =
    fields.length === 0 ? `<p><code>${escaped(typeOf(api, schema))}</code></p>` : table(fields, `${title}: ${label}`);
  return `<h3>${title}</h3>${content}`;
}

function example(value: unknown, label: string): string {
  const code = escaped(JSON.stringify(value, undefined, 2));
  return `<h3>Example</h3><pre tabindex="0" role="region" aria-label="${escaped(`Example: ${label}`)}"><code>${code}</code></pre>`;
}

function table(fields: Fields, name: string): string {
  const rows = fields
    .map(({ name: field, type, isRequired, description }) => {
      const text = `${isRequired ? "Required. " : ""}${description}`;
      return `<tr><th scope="row"><code>${escaped(field)}</code></th><td>${escaped(type)}</td><td>${escaped(text)}</td></tr>`;
    })
    .join("");
  const head = '<thead><tr><th scope="col">Name</th><th scope="col">Type</th><th scope="col">Meaning</th></tr></thead>';
  return scrolled(`<table>${head}<tbody>${rows}</tbody></table>`, name);
}
