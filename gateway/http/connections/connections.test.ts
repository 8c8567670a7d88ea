import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { describe, expect, onTestFinished, test } from "vitest";
import { eventually } from "../../../test-support/waits/eventually.ts";
import { chat, startTestGateway } from "../../test/test-gateway.ts";

const BODY = JSON.stringify(chat());
const CHAT = [
  "POST /v1/chat/completions HTTP/1.1",
  "host: a",
  "content-type: application/json",
  `content-length: ${BODY.length}`,
];
const MESSAGES = ["POST /v1/messages HTTP/1.1", ...CHAT.slice(1)];
const from = (address: string) => `x-sluice-client-ip: ${address}`;

/** Opens a connection that sends nothing. */
async function open(url: string): Promise<Socket> {
  const socket = connect(Number(new URL(url).port), "127.0.0.1");
  onTestFinished(() => void socket.destroy());
  socket.on("error", () => undefined);
  await once(socket, "connect");
  return socket;
}

/** Sends a request over a connection and reads until its server closes it. */
async function exchange(socket: Socket, head: readonly string[], body = BODY) {
  socket.write(`${head.join("\r\n")}\r\n\r\n${body}`);
  const response = await text(socket);
  const [top = "", content = ""] = response.split("\r\n\r\n");
  return { status: Number(top.split(" ")[1]), headers: top.toLowerCase(), content };
}

/** The status of a request over a connection that its server leaves open, or closes. */
async function statusOf(socket: Socket, head: readonly string[], body = BODY): Promise<number> {
  socket.write(`${head.join("\r\n")}\r\n\r\n${body}`);
  const [chunk] = (await once(socket, "data")) as [Buffer];
  return Number(String(chunk).split(" ")[1]);
}

describe("connections of one peer above its share", () => {
  test("get 429 in the dialect of their path and are closed, until another one ends", async () => {
    const { url } = await startTestGateway({ connections: { most: 10, mostPerCaller: 3 } });
    const own = await Promise.all(Array.from({ length: 3 }, () => open(url)));
    const refused = await exchange(await open(url), CHAT);
    expect(refused.status).toBe(429);
    expect(refused.headers).toContain("retry-after: 1");
    expect(refused.headers).toContain("connection: close");
    expect(JSON.parse(refused.content).error).toMatchObject({ code: "rate_limit_exceeded" });
    expect(JSON.parse(refused.content).error.message).toContain("as many connections");
    const messages = await exchange(await open(url), MESSAGES);
    expect(JSON.parse(messages.content)).toMatchObject({ type: "error", error: { type: "rate_limit_error" } });
    expect(await statusOf(own[0]!, CHAT)).toBe(200);
    own[1]?.destroy();
    await eventually(async () => expect(await statusOf(await open(url), CHAT)).toBe(200));
  });

  test("may open no WebSocket, and have their health checked", async () => {
    const { url } = await startTestGateway({ connections: { most: 10, mostPerCaller: 1 } });
    await open(url);
    const handshake = ["connection: Upgrade", "upgrade: websocket", "sec-websocket-version: 13"];
    const key = "sec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==";
    const upgrade = ["GET /v1/chat/completions HTTP/1.1", "host: a", ...handshake, key];
    expect(await exchange(await open(url), upgrade, "")).toMatchObject({ status: 429 });
    expect(await exchange(await open(url), ["GET /livez HTTP/1.1", "host: a"], "")).toMatchObject({ status: 200 });
  });
});

test("connections above what one thread has get 503, and those far above are closed at once", async () => {
  const { url } = await startTestGateway({ connections: { most: 2, mostPerCaller: 5 } });
  await Promise.all([open(url), open(url)]);
  const refused = await exchange(await open(url), CHAT);
  expect([refused.status, JSON.parse(refused.content).error.code]).toEqual([503, "overloaded"]);
  // 256 of these are refused by a response; they send no request, and are closed after their time.
  const closed: number[] = [];
  for (let index = 0; index < 300; index++) {
    const socket = await open(url);
    socket.resume().on("close", () => closed.push(index));
  }
  await eventually(() => expect(closed.length).toBeGreaterThanOrEqual(300 - 256));
  expect(Math.min(...closed.slice(0, 40))).toBeGreaterThanOrEqual(250);
});

test("a refused connection that sends nothing is closed after its time", async () => {
  const { url } = await startTestGateway({ connections: { most: 1, mostPerCaller: 5 } });
  const first = await open(url);
  const silent = await open(url);
  await once(silent.resume(), "close");
  expect(first.destroyed).toBe(false);
});

test("requests at once of one address are refused above its share, and those of another address are served", async () => {
  const { url, engines } = await startTestGateway({
    engines: [{ mode: "hang" }],
    connections: { most: 10, mostPerCaller: 2 },
  });
  const both = await open(url);
  const request = `${[...CHAT, from("203.0.113.1")].join("\r\n")}\r\n\r\n${BODY}`;
  both.write(request + request);
  await eventually(() => expect(engines[0]?.received).toHaveLength(2));
  const models = ["GET /v1/models HTTP/1.1", "host: a"];
  const other = await open(url);
  expect(await statusOf(other, [...models, from("203.0.113.2")], "")).toBe(200);
  expect(await exchange(other, [...models, from("203.0.113.1")], "")).toMatchObject({ status: 429 });
  both.destroy();
  await eventually(async () => expect(await statusOf(await open(url), [...models, from("203.0.113.1")], "")).toBe(200));
});

describe("requests of one connection behind each other", () => {
  test("are served in their order up to 16 at once", async () => {
    const { url } = await startTestGateway();
    const socket = await open(url);
    const ids = Array.from({ length: 16 }, (_, index) => `r${index}`);
    for (const id of ids) socket.write(`GET /v1/models HTTP/1.1\r\nhost: a\r\nx-sluice-request-id: ${id}\r\n\r\n`);
    let got = "";
    socket.on("data", (chunk: Buffer) => {
      got += String(chunk);
    });
    await eventually(() => expect([...got.matchAll(/x-request-id: (r\d+)/g)].map(([, id]) => id)).toEqual(ids));
  });

  test("close it when there are more, and none of them stays open", async () => {
    const { url, engines, log } = await startTestGateway({ engines: [{ mode: "hang" }] });
    const socket = await open(url);
    socket.write(`${CHAT.join("\r\n")}\r\n\r\n${BODY}`.repeat(100));
    await once(socket.resume(), "close");
    await eventually(() => expect(log().filter(({ msg }) => msg === "request")).toHaveLength(16));
    expect(log().filter(({ msg, status }) => msg === "request" && status !== 499)).toEqual([]);
    await eventually(() => expect(engines[0]?.received.map(({ isOpen }) => isOpen)).not.toContain(true));
  });
});
