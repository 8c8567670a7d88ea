import { API_VERSIONS } from "../../../contracts/api/api-versions.ts";
import type { Deprecation } from "../../../contracts/api/deprecations.ts";
import type { AuthMode } from "../../../contracts/processes/auth.ts";
import { type Html, html, prose } from "./html.ts";

/** One part of the page that belongs to no single operation. */
export interface GuidePart {
  readonly id: string;
  readonly title: string;
  readonly body: Html;
}

const KEY: Readonly<Record<AuthMode, string>> = {
  off: "No key is needed here; the examples show where one would go.",
  optional: "A key is optional here: without one a stricter limit holds. Send it as `Authorization: Bearer <key>`.",
  required: "Every request but the public ones needs a key, sent as `Authorization: Bearer <key>`.",
};

/** What holds for every operation: address and key, errors, WebSocket, versions, and what will go. */
export function guide(auth: AuthMode, deprecations: readonly Deprecation[]): readonly GuidePart[] {
  const versions = API_VERSIONS.map((version) => `\`/${version}\``).join(", ");
  return [
    {
      id: "start",
      title: "Address and key",
      body: html`<p>${prose(`${KEY[auth]} The official OpenAI SDKs work with this service's address and \`/v1\` as base URL. The examples take both from the environment:`)}</p>
<figure><figcaption>Shell</figcaption><pre tabindex="0"><code>export SLUICE_URL="https://api.example.com"  # the address of this page, without /reference
export SLUICE_KEY="sk-\u2026"</code></pre></figure>
<p>${prose("Every response has `x-request-id`; quote it when you need help. `x-ratelimit-limit-requests`, `x-ratelimit-remaining-requests` and `x-ratelimit-reset-requests` show the rest of your limit.")}</p>`,
    },
    {
      id: "errors",
      title: "Errors",
      body: html`<p>${prose("Every error has OpenAI's body. `code` is stable; `details` lists every wrong field. 429 and 503 have `retry-after` in seconds. An error in the middle of a stream comes as its last event, without `[DONE]` after it.")}</p>
<figure><figcaption>Body</figcaption><pre tabindex="0"><code>${JSON.stringify({ error: { message: "…", type: "invalid_request_error", param: "temperature", code: "invalid_request", details: [{ param: "temperature", message: "…" }] } }, null, 2)}</code></pre></figure>`,
    },
    {
      id: "websocket",
      title: "Chat over a WebSocket",
      body: html`<p>${prose("Open a WebSocket at `/v1/chat/completions`, with the same `Authorization` header. Each text message that you send is the body of one request. Each event's data comes back as one text message, and every request ends with `[DONE]` or with an error body. Requests of one socket are served one after the other; closing it ends the one that runs. It is there where clients reach the load balancer (`entry: \"alb\"`, or inside of the VPC); API Gateway's REST APIs carry no WebSockets.")}</p>
<figure><figcaption>JavaScript</figcaption><pre tabindex="0"><code>import { env } from "node:process";
import WebSocket from "ws";

const socket = new WebSocket("wss://api.example.com/v1/chat/completions", {
  headers: { authorization: \`Bearer \${env.SLUICE_KEY}\` },
});
socket.on("open", () =&gt; socket.send(JSON.stringify({
  model: "phi-3-mini",
  messages: [{ role: "user", content: "List three fruits" }],
  stream: true,
})));
socket.on("message", (data) =&gt; {
  if (String(data) === "[DONE]") socket.close();
  else process.stdout.write(JSON.parse(String(data)).choices?.[0]?.delta?.content ?? "");
});</code></pre></figure>`,
    },
    {
      id: "versions",
      title: "Versions",
      body: html`<p>${prose(`The version is the first part of the path; there is ${versions}. Within a version nothing that works stops working: new fields and new error codes may come, so ignore unknown ones. A removal is announced by the headers \`Deprecation\` (RFC 9745), \`Sunset\` (RFC 8594) and \`Link\` with \`rel="deprecation"\` on every answer to a request that uses it.`)}</p>
${deprecations.length === 0 ? html`<p>Nothing is deprecated.</p>` : deprecationTable(deprecations)}`,
    },
  ];
}

function deprecationTable(deprecations: readonly Deprecation[]): Html {
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Deprecated"><table>
<thead><tr><th scope="col">Deprecated</th><th scope="col">On</th><th scope="col">Since</th><th scope="col">Works until</th><th scope="col">Use instead</th></tr></thead>
<tbody>${deprecations.map(
    ({ path, field, since, sunset, link, replacement }) =>
      html`<tr><td><code>${field ?? path}</code></td><td><code>${path}</code></td><td>${since}</td><td>${sunset ?? "not decided"}</td><td><a href="${link}"><code>${replacement}</code></a></td></tr>`,
  )}</tbody></table></div>`;
}
