import { once } from "node:events";
import { connect } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { freePort } from "../../lib/free-port.ts";
import { call, serve } from "../test/tools.ts";
import { bind, clientAddress, header, requestTarget, respond } from "./server.ts";

describe("binding", () => {
  test("is on the loopback address, on the requested port or any free one", async () => {
    const port = await freePort();
    const bound = await bind(port, "SLUICE_API_PORT", (_request, response) => void response.end("here"));
    onTestFinished(() => bound.close());
    expect(bound.port).toBe(port);
    expect(bound.server.address()).toMatchObject({ address: "127.0.0.1" });
    expect((await call(port, "/")).body).toBe("here");
  });

  test("a taken port is refused with the port and the setting that changes it", async () => {
    const port = await serve(() => {});
    await expect(bind(port, "SLUICE_SITE_PORT", () => {})).rejects.toThrow(
      `Port ${port} is in use; set SLUICE_SITE_PORT to another port, or to 0 for any free one.`,
    );
  });

  test("closing ends connections that are still open", async () => {
    const bound = await bind(0, "", () => {});
    const socket = connect(bound.port, "127.0.0.1");
    await once(socket, "connect");
    socket.on("error", () => {});
    const closed = once(socket, "close");
    await bound.close();
    await closed;
    await expect(call(bound.port, "/")).rejects.toThrow("ECONNREFUSED");
  });
});

describe("requests and responses", () => {
  test("path and query are separated, and a whole address loses its origin", async () => {
    const seen: unknown[] = [];
    const port = await serve((request, response) => {
      seen.push(requestTarget(request));
      response.end();
    });
    await call(port, "/a/b?c=d?e");
    await call(port, "http://host:1/x");
    await call(port, "http://host");
    expect(seen).toEqual([
      { path: "/a/b", query: "?c=d?e" },
      { path: "/x", query: "" },
      { path: "/", query: "" },
    ]);
  });

  test("a response has its length in bytes; to HEAD it has no body", async () => {
    const port = await serve((_request, response) => respond(response, 201, { "x-a": "b" }, "é"));
    expect(await call(port, "/")).toMatchObject({
      status: 201,
      headers: { "content-length": "2", "x-a": "b" },
      body: "é",
    });
    expect(await call(port, "/", { method: "HEAD" })).toMatchObject({ headers: { "content-length": "2" }, body: "" });
  });

  test("a second response is dropped instead of breaking the first", async () => {
    const port = await serve((_request, response) => {
      respond(response, 200, {}, "first");
      respond(response, 500, {}, "second");
    });
    expect(await call(port, "/")).toMatchObject({ status: 200, body: "first" });
  });

  test("a header is found by its lower-case name, and the client's address is the connection's", async () => {
    const port = await serve((request, response) => {
      response.end(JSON.stringify([header(request, "x-a"), header(request, "x-b") ?? "none", clientAddress(request)]));
    });
    const { body } = await call(port, "/", { headers: { "X-A": "1", "x-forwarded-for": "6.6.6.6" } });
    expect(JSON.parse(body)).toEqual(["1", "none", "127.0.0.1"]);
  });
});
