import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { CLOSED_PORT } from "../../test-support/closed-port.ts";
import { eventually } from "../../test-support/waits/eventually.ts";
import { Listener } from "../services/elb/listener.ts";
import { TargetGroup } from "../services/elb/target-group.ts";

/** A load balancer before one target. */
async function balance(port: number, idleTimeoutSeconds = 15) {
  const group = new TargetGroup("arn:a", { health_check: { interval: 3600 } });
  onTestFinished(() => group.stop());
  group.register("i-0", port);
  const [target] = group.targets;
  target!.state = "healthy";
  const listener = await Listener.open({
    config: { default_action: [{ type: "forward", target_group_arn: "arn:a" }] },
    idleTimeoutSeconds,
    targetGroup: () => group,
  });
  onTestFinished(() => listener.close());
  return { listener, target: target!, url: `ws://127.0.0.1:${listener.port}/v1/chat/completions?a=b` };
}

/** A target that repeats what it receives, with the handshakes that came. */
async function echo() {
  const handshakes: IncomingMessage[] = [];
  const server = createServer();
  const sockets = new WebSocketServer({ server });
  sockets.on("connection", (socket, request) => {
    handshakes.push(request);
    socket.on("message", (data) => socket.send(String(data)));
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  onTestFinished(() => {
    for (const socket of sockets.clients) socket.terminate();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, handshakes };
}

async function open(url: string) {
  const socket = new WebSocket(url, { headers: { authorization: "Bearer a", "x-forwarded-for": "203.0.113.1" } });
  onTestFinished(() => socket.terminate());
  await once(socket, "open");
  return socket;
}

test("a WebSocket passes through, with the client's headers and address, and counts as one request in flight", async () => {
  const { port, handshakes } = await echo();
  const { url, target } = await balance(port);
  const socket = await open(url);
  socket.send("hello");
  expect(String((await once(socket, "message"))[0])).toBe("hello");
  expect(handshakes[0]?.url).toBe("/v1/chat/completions?a=b");
  expect(handshakes[0]?.headers).toMatchObject({
    authorization: "Bearer a",
    "x-forwarded-for": "203.0.113.1, 127.0.0.1",
    "x-forwarded-proto": "https",
  });
  expect(target.inFlight).toBe(1);
  socket.close();
  await eventually(() => expect(target.inFlight).toBe(0));
});

test("a silent one is closed after the idle timeout", async () => {
  const { url } = await balance((await echo()).port, 0.2);
  const socket = await open(url);
  expect((await once(socket, "close"))[0]).toBe(1006);
});

test("without a healthy target it is 503", async () => {
  const { url } = await balance(CLOSED_PORT);
  const socket = new WebSocket(url);
  socket.on("error", () => undefined);
  const [, response] = (await once(socket, "unexpected-response")) as [unknown, IncomingMessage];
  expect(response.statusCode).toBe(503);
});
