import { type Html, html, prose } from "./html.ts";
import { type Field, fieldsOf, limitsOf, type Schemas, typeOf } from "./json-schema.ts";

/** Deeper than this a shape needs an example, and a recursive schema would never end. */
const MAX_DEPTH = 4;

/** Fields with their types, limits, defaults and meanings; fields that hold fields can be opened. */
export function schemaList(fields: readonly Field[], schemas: Schemas, depth = 0): Html {
  return html`<dl class="fields">${fields.map((field) => fieldEntry(field, schemas, depth))}</dl>`;
}

function fieldEntry({ name, schema, isRequired }: Field, schemas: Schemas, depth: number): Html {
  const limits = limitsOf(schema, schemas);
  const inner = depth < MAX_DEPTH ? fieldsOf(schema, schemas) : [];
  const { description, default: otherwise } = schema;
  return html`<div class="field">
<dt><code class="name">${name}</code> <span class="type">${typeOf(schema, schemas)}</span>${
    isRequired ? html` <span class="required">required</span>` : undefined
  }</dt>
<dd>${typeof description === "string" ? html`<p>${prose(description)}</p>` : undefined}${
    limits === "" ? undefined : html`<span class="fact">${limits}</span>`
  }${otherwise === undefined ? undefined : html`<span class="fact">default <code>${JSON.stringify(otherwise)}</code></span>`}${
    inner.length === 0
      ? undefined
      : html`<details><summary>${inner.length === 1 ? "1 field" : `${inner.length} fields`} of <code>${name}</code></summary>${schemaList(inner, schemas, depth + 1)}</details>`
  }</dd></div>`;
}
