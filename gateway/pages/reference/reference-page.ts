import { createHash } from "node:crypto";
import type { Deprecation } from "../../../contracts/api/deprecations.ts";
import { type DocumentOptions, openApiDocument } from "../../../contracts/openapi/document.ts";
import { isRecord } from "../../../lib/is-record.ts";
import { type StaticPage, staticPage } from "../static-page.ts";
import { type GuidePart, guide } from "./guide.ts";
import { Html, html, prose } from "./html.ts";
import { operationSection, type ReferenceOperation } from "./operation-section.ts";
import { STYLE } from "./style.ts";

/** Without scripts, frames, forms and anything from elsewhere; the style sheet by its sum. */
const POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash("sha256").update(STYLE).digest("base64")}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** Both pages, each written when it is first requested. */
export function referencePages(options: DocumentOptions, deprecations: readonly Deprecation[]) {
  let openApi: StaticPage | undefined;
  let reference: StaticPage | undefined;
  return {
    openApi: () => (openApi ??= openApiPage(options)),
    reference: () => (reference ??= referencePage(options, deprecations)),
  };
}

/** `GET /openapi.json`. */
export function openApiPage(options: DocumentOptions): StaticPage {
  return staticPage(JSON.stringify(openApiDocument(options)), "application/json");
}

/** `GET /reference`: the same document for people. One file, without scripts. */
export function referencePage(options: DocumentOptions, deprecations: readonly Deprecation[]): StaticPage {
  const document = openApiDocument(options);
  const { info, components } = document;
  const schemas = isRecord(components.schemas) ? components.schemas : {};
  const operations = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).flatMap(([method, operation]) => (isRecord(operation) ? [{ path, method, operation }] : [])),
  );
  const parts = guide(options.auth, deprecations);
  const { text } = html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>${info.title} API reference</title><style>${new Html(STYLE)}</style></head>
<body><a class="skip" href="#content">Skip to content</a><div class="page">
${navigation(info.title, parts, operations)}
<main id="content"><h1>API reference</h1>
<p class="lead">${prose(info.description)} Also as <a href="openapi.json">openapi.json</a>, version ${info.version}.</p>
${parts.map(guideSection)}
${operations.map((operation) => operationSection(operation, schemas))}
</main></div></body></html>
`;
  return staticPage(text, "text/html; charset=utf-8", {
    "content-security-policy": POLICY,
    "referrer-policy": "no-referrer",
  });
}

function navigation(title: string, parts: readonly GuidePart[], operations: readonly ReferenceOperation[]): Html {
  return html`<nav aria-label="Contents"><p class="brand">${title}</p>
<h2>Guide</h2><ul>${parts.map(({ id, title: part }) => html`<li><a href="#${id}">${part}</a></li>`)}</ul>
<h2>Operations</h2><ul>${operations.map(
    ({ method, operation }) =>
      html`<li><a href="#${String(operation.operationId)}"><span class="method ${method}">${method.toUpperCase()}</span> ${String(operation.summary)}</a></li>`,
  )}</ul></nav>`;
}

function guideSection({ id, title, body }: GuidePart): Html {
  return html`<section id="${id}" aria-labelledby="${id}-title"><h2 id="${id}-title">${title}</h2>${body}</section>`;
}
