import { SiteConfig } from "../../contracts/processes/site-config.ts";
import { parseJson } from "../../lib/parse-json.ts";
import { result } from "./api-checks.ts";
import { type Deployment, excerpt, REQUEST_LIMIT_MS, type VerifyCheck } from "./deployment.ts";

/** Whether the page is there, and calls this API. */
export function pageChecks({ siteUrl, apiUrl, environment }: Deployment): readonly VerifyCheck[] {
  if (siteUrl === undefined) return [];
  const load = (path: string, signal: AbortSignal) =>
    fetch(new URL(path, siteUrl), { signal: AbortSignal.any([signal, AbortSignal.timeout(REQUEST_LIMIT_MS)]) });
  return [
    {
      name: "page",
      run: async (signal) => {
        const page = await load("/", signal);
        const text = await page.text();
        const problems = [
          ...(page.status === 200 && /<html/i.test(text) ? [] : [`${page.status}: ${excerpt(text)}`]),
          ...(page.headers.has("content-security-policy") ? [] : ["it has no content-security-policy"]),
        ];
        return result(problems, "200, with a content-security-policy", "deploy the site stack again");
      },
    },
    {
      name: "page's settings",
      run: async (signal) => {
        const response = await load("/config.json", signal);
        const text = await response.text();
        const config = SiteConfig.safeParse(parseJson(text));
        if (!config.success)
          return result([`config.json: ${response.status}: ${excerpt(text)}`], "", "deploy the site stack again");
        const { data } = config;
        const ownAddresses = [apiUrl, `${apiUrl}/${environment.api.stage}`];
        const models = Object.keys(environment.pools).filter((model) => !data.models.some(({ id }) => id === model));
        const problems = [
          ...(ownAddresses.includes(data.apiUrl) ? [] : [`it calls ${data.apiUrl} instead of ${apiUrl}`]),
          ...models.map((model) => `it does not offer ${model}`),
        ];
        return result(problems, `it calls ${data.apiUrl}`, "deploy the site stack again");
      },
    },
  ];
}
