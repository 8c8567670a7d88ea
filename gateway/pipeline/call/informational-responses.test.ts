import { type AddressInfo, createServer } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { providerConfig, routeConfig } from "../../../test-support/target-config.ts";
import { provide } from "../../test/provider-fixture.ts";
import { chat, post, startTestGateway } from "../../test/test-gateway.ts";

const BODY = '{"id":"c","choices":[{"index":0,"message":{"role":"assistant","content":"Hi"},"finish_reason":"stop"}]}';

/** The target that responds where the first one sends an informational response before its own. */
async function targetAfter(status: string): Promise<string | null> {
  const head = `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${BODY.length}\r\n\r\n`;
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.once("data", () => socket.write(`HTTP/1.1 ${status}\r\n\r\n${head}${BODY}`));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const good = await provide();
  const { url } = await startTestGateway({
    config: {
      providers: [
        providerConfig("first", `http://127.0.0.1:${(server.address() as AddressInfo).port}`),
        providerConfig("good", good.origin),
      ],
      routes: [routeConfig("chat", ["first/small"], { fallbacks: ["good/small"] })],
    },
  });
  const response = await post(url, "/v1/chat/completions", chat({ model: "chat" }));
  expect(response.status).toBe(200);
  await response.text();
  return response.headers.get("x-sluice-target");
}

test.each(["102 Processing", "103 Early Hints"])(
  "a provider's %s before its response is passed over",
  async (status) => {
    expect(await targetAfter(status)).toBe("first/small");
  },
);

test("a provider's unrequested 100 Continue ends its call, and the next target responds", async () => {
  expect(await targetAfter("100 Continue")).toBe("good/small");
});
