import { describe, expect, test } from "vitest";
import { CONTROL_OPERATIONS } from "../../../contracts/control/operations/operations.ts";
import { openApiDocument } from "../../../contracts/openapi/document.ts";
import { OPERATIONS } from "../../../contracts/openapi/operations.ts";
import { post, startTestGateway } from "../../test/test-gateway.ts";
import { html, prose } from "./html.ts";

const old = {
  path: "/v1/models",
  since: "2026-01-01",
  sunset: "2027-01-31",
  link: "https://example.com/<new>",
  replacement: "/v2/models",
};

describe("/openapi.json and /reference", () => {
  test("need no key, and are not sent again to a caller that has them", async () => {
    const { url } = await startTestGateway({ config: { auth: "required" } });
    for (const path of ["/openapi.json", "/reference"]) {
      const response = await fetch(url + path);
      expect(response.status).toBe(200);
      expect(response.headers.get("cache-control")).toBe("public, max-age=300");
      const etag = response.headers.get("etag") ?? "";
      await response.text();
      const again = await fetch(url + path, { headers: { "if-none-match": `W/${etag}` } });
      expect([again.status, await again.text(), again.headers.get("etag")]).toEqual([304, "", etag]);
      expect((await fetch(url + path, { method: "HEAD" })).headers.get("content-length")).not.toBe("0");
      expect((await post(url, path, {})).status).toBe(405);
    }
  });

  // documented: document-version
  test("the document is the API's own, and shows whether a key is needed", async () => {
    const { url } = await startTestGateway({ config: { auth: "required" } });
    const document = (await (await fetch(`${url}/openapi.json`)).json()) as { paths: Record<string, unknown> };
    expect(Object.keys(document.paths)).toEqual([...new Set(OPERATIONS.map(({ path }) => path))]);
    expect(document).toMatchObject({ paths: { "/v1/embeddings": { post: { security: [{ apiKey: [] }] } } } });
  });

  // documented: reference-page
  test("the page has every operation with its fields, limits, errors and a curl, and no script", async () => {
    const { url } = await startTestGateway({ deprecations: [old] });
    const response = await fetch(`${url}/reference`);
    expect(response.headers.get("content-security-policy")).toContain("default-src 'none'");
    const page = await response.text();
    for (const { operationId, summary, path } of OPERATIONS) {
      expect(page).toContain(`<section id="${operationId}"`);
      expect(page).toContain(summary.replaceAll("'", "&#39;"));
      expect(page).toContain(`curl &#34;$SLUICE_URL${path.replace("{model}", "phi-3-mini")}&#34;`);
    }
    expect(page).toMatch(/<code class="name">temperature<\/code> <span class="type">number<\/span>.*\s.*0 to 2/);
    expect(page).toContain("<code>context_length_exceeded</code>");
    expect(page).toContain("client.embeddings.create");
    expect(page).toContain('href="https://example.com/&#60;new&#62;"');
    expect(page).not.toMatch(/<script|<link|src=|https?:\/\/(?!example|api\.example)[^"]*\.(js|css|woff)/i);
    const ids = [...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [, target] of page.matchAll(/href="#([^"]+)"/g)) expect(ids).toContain(target);
  });

  // documented: reference-control-api
  test("the control API's operations are in both where the deployment has it, with the admin key that they need", async () => {
    const { url } = await startTestGateway({ config: { auth: "required", controlApi: true } });
    const { paths } = openApiDocument({ auth: "required", controlApi: true });
    expect(await (await fetch(`${url}/openapi.json`)).json()).toMatchObject({
      paths: { "/v1/organization/projects/{project_id}": { get: { security: [{ adminKey: [] }] } } },
    });
    const page = await (await fetch(`${url}/reference`)).text();
    for (const id of Object.keys(CONTROL_OPERATIONS)) expect(page).toContain(`<section id="${id}"`);
    expect(Object.keys(paths).length).toBeGreaterThan(OPERATIONS.length / 2);
    const [, section = ""] = /<section id="updateProject"(.*?)<\/section>/s.exec(page) ?? [];
    expect(section).toContain("$SLUICE_ADMIN_KEY");
    expect(section).toContain("For admin keys of owners with the scope <code>projects.write</code>");
    expect(section).toMatch(/In the path.*project_id.*In headers.*Idempotency-Key.*Body.*name/s);
    expect(section).not.toContain("passed on to the model");
    const plain = await startTestGateway({ config: { auth: "required" } });
    expect(await (await fetch(`${plain.url}/openapi.json`)).text()).not.toContain("/v1/organization/");
  });

  test("counts against the address's limit like any other request", async () => {
    const { url } = await startTestGateway({ config: { requestsPerMinutePerIp: 1 } });
    expect((await fetch(`${url}/openapi.json`)).status).toBe(200);
    expect((await fetch(`${url}/openapi.json`)).status).toBe(429);
  });
});

test("a text in markup is escaped, markup is not", () => {
  expect(html`<b>${"<i>"}${html`<u>${'"'}</u>`}${undefined}${["&", 1]}</b>`.text).toBe(
    "<b>&#60;i&#62;<u>&#34;</u>&#38;1</b>",
  );
  expect(prose("a `b<` c").text).toBe("a <code>b&#60;</code> c");
});
