import type { Browser, Request } from "playwright-core";

/** Round trip of each request, in ms: longer than what a busy machine takes between a response and the request that follows from it. */
const ROUND_TRIP_MS = 1_000;
const LIMIT_MS = 120_000;

/** Of a request, in ms. */
interface Span {
  readonly begun: number;
  readonly ended: number;
}

/**
 * The longest row of requests, each sent after the one before had its response, from a page's address to its heading. The connection is not
 * counted, and nothing is cached.
 */
export async function roundTrips(browser: Browser, url: string): Promise<number> {
  const context = await browser.newContext({ viewport: { width: 412, height: 823 }, locale: "en-GB" });
  context.setDefaultTimeout(LIMIT_MS);
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  await session.send("Network.enable");
  await session.send("Network.emulateNetworkConditions", {
    offline: false,
    latency: ROUND_TRIP_MS,
    downloadThroughput: -1,
    uploadThroughput: -1,
  });
  const begun = new Map<Request, number>();
  const spans: Span[] = [];
  page.on("request", (request) => begun.set(request, performance.now()));
  page.on("response", (response) =>
    spans.push({ begun: begun.get(response.request()) ?? 0, ended: performance.now() }),
  );
  await page.goto(url, { waitUntil: "commit" });
  await page.locator("#root h1").first().waitFor();
  const longest = longestRow(spans);
  await context.close();
  return longest;
}

function longestRow(spans: readonly Span[]): number {
  const ends: (Span & { readonly row: number })[] = [];
  for (const span of spans.toSorted((a, b) => a.begun - b.begun)) {
    const before = ends.filter(({ ended }) => ended <= span.begun).map(({ row }) => row);
    ends.push({ ...span, row: 1 + Math.max(0, ...before) });
  }
  return Math.max(0, ...ends.map(({ row }) => row));
}
