import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { describe, expect, onTestFinished, test } from "vitest";
import { open, PATH, refused } from "../test/chat-socket.ts";
import { startTestGateway } from "../test/test-gateway.ts";

describe("a handshake", () => {
  test("without a valid key gets 401 with the API's error body", async () => {
    const { url } = await startTestGateway({ config: { auth: "required" } });
    const { status, headers, body } = await refused(url);
    expect([status, body.error.code]).toEqual([401, "missing_api_key"]);
    expect([headers["www-authenticate"], headers["content-type"]]).toEqual(["Bearer", "application/json"]);
    expect(headers["x-request-id"]).toMatch(/^req_/);
    expect(await refused(url, { headers: { authorization: "Bearer sk-wrong" } })).toMatchObject({ status: 401 });
  });

  test("over the address's limit is 429 with Retry-After", async () => {
    const { url } = await startTestGateway({ config: { requestsPerMinutePerIp: 1 } });
    await open(url);
    const { status, headers } = await refused(url);
    expect([status, Number(headers["retry-after"]) > 0]).toEqual([429, true]);
  });

  test("from a page of another origin is 403, from an allowed one it is taken", async () => {
    const { url } = await startTestGateway({ config: { corsOrigins: ["https://demo.example.com"] } });
    expect(await refused(url, { origin: "https://evil.example.com" })).toMatchObject({ status: 403 });
    await open(url, { origin: "https://demo.example.com" });
  });

  test.each([
    ["without a key", ["sec-websocket-version: 13"], /missing or invalid sec-websocket-key header/],
    [
      "of an unknown version",
      ["sec-websocket-version: 7", "sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ=="],
      /missing or invalid sec-websocket-version header/,
    ],
  ])(
    "%s gets 400 with the API's error body, a request id and the versions that there are",
    async (_, lines, problem) => {
      const { url } = await startTestGateway();
      const connection = connect(Number(new URL(url).port), "127.0.0.1");
      onTestFinished(() => void connection.destroy());
      const head = [`GET ${PATH} HTTP/1.1`, "host: a", "connection: upgrade", "upgrade: websocket", ...lines];
      connection.write(`${head.join("\r\n")}\r\n\r\n`);
      const [headers = "", body = ""] = (await text(connection)).split("\r\n\r\n");
      expect(headers).toMatch(/^HTTP\/1.1 400 Bad Request\r\n/);
      expect(headers).toMatch(/x-request-id: req_[0-9a-f]{32}/);
      expect(headers).toContain("sec-websocket-version: 13, 8");
      const { error } = JSON.parse(body) as { error: { code: string; message: string } };
      expect(error.code).toBe("invalid_request");
      expect(error.message.toLowerCase()).toMatch(problem);
    },
  );

  test("on another path, or for another protocol, is served like a plain request", async () => {
    const { url } = await startTestGateway();
    expect(await refused(url, {}, "/v1/completions")).toMatchObject({ status: 405 });
    expect(await refused(url, {}, "/v1/nothing")).toMatchObject({ status: 404 });
    const response = await new Promise<string>((resolve) => {
      const socket = connect(Number(new URL(url).port), "127.0.0.1");
      socket.on("data", (chunk) => {
        resolve(String(chunk));
        socket.destroy();
      });
      socket.write("GET /v1/models HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: h2c\r\n\r\n");
    });
    expect(response).toMatch(/^HTTP\/1\.1 200 OK/);
  });
});
