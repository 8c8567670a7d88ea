import { createServer, type ServerResponse } from "node:http";
import { type AddressInfo, connect } from "node:net";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { eventually } from "../../test-support/waits/eventually.ts";
import { MAX_TEXT_BYTES, ResponseSink } from "./response-sink.ts";

let onRequest: (response: ServerResponse) => void = () => undefined;
const server = createServer((_, response) => onRequest(response));
beforeAll(() => new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve)));
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
const port = () => (server.address() as AddressInfo).port;

/** Everything that comes over a socket to a request, until the server closes it. */
function raw(head: string): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const socket = connect(port(), "127.0.0.1", () => socket.write(head));
    const chunks: Buffer[] = [];
    socket.on("data", (chunk) => chunks.push(chunk)).on("error", reject);
    socket.on("close", () => resolve(Buffer.concat(chunks)));
  });
}

const send = (response: ServerResponse, pieces: readonly Uint8Array[], last: Uint8Array | undefined) => {
  response.writeHead(200, { "content-type": "text/event-stream" });
  const sink = new ResponseSink(response);
  for (const piece of pieces) sink.write(Buffer.from(piece));
  sink.end(last && Buffer.from(last));
};

async function sendSlowly(response: ServerResponse, pieces: number): Promise<void> {
  response.writeHead(200, { "content-type": "text/event-stream" });
  const sink = new ResponseSink(response);
  for (let piece = 0; piece < pieces; piece++) {
    sink.write(Buffer.from(`piece ${piece}`));
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  sink.end();
}

describe("a streamed body on a socket", () => {
  test("arrives byte for byte whatever its bytes and pieces are, and its connection serves the next request", async () => {
    const pieces = fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(pieces, fc.option(fc.uint8Array({ maxLength: 50 }), { nil: undefined }), async (parts, last) => {
        onRequest = (response) => send(response, parts, last);
        const received = await fetch(`http://127.0.0.1:${port()}/`);
        expect(received.headers.get("transfer-encoding")).toBe("chunked");
        expect(Buffer.from(await received.arrayBuffer())).toEqual(Buffer.concat([...parts, last ?? Buffer.alloc(0)]));
      }),
      { numRuns: 100 },
    );
  });

  test("arrives in pieces larger than are written as text", async () => {
    const large = Buffer.alloc(MAX_TEXT_BYTES * 3 + 1, "ä");
    onRequest = (response) => send(response, [large, Buffer.from("x")], large);
    const received = await fetch(`http://127.0.0.1:${port()}/`);
    expect(Buffer.from(await received.arrayBuffer())).toEqual(Buffer.concat([large, Buffer.from("x"), large]));
  });

  test("has the chunks of HTTP/1.1 on the wire, and none for a client of HTTP/1.0 or a HEAD request", async () => {
    onRequest = (response) => send(response, [Buffer.from("äbc")], Buffer.from("d"));
    const bodyOf = (bytes: Buffer) => bytes.toString("utf8").split("\r\n\r\n").slice(1).join("\r\n\r\n");
    const current = await raw("GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n");
    expect(bodyOf(current)).toBe("4\r\näbc\r\n1\r\nd\r\n0\r\n\r\n");
    expect(bodyOf(await raw("GET / HTTP/1.0\r\n\r\n"))).toBe("äbcd");
    expect(bodyOf(await raw("HEAD / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n"))).toBe("");
  });

  test("has no bytes for a HEAD request, also when pieces come one after the other", async () => {
    onRequest = (response) => void sendSlowly(response, 3);
    const bytes = await raw("HEAD / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n");
    expect(String(bytes).endsWith("\r\n\r\n")).toBe(true);
  });

  test("of two requests that come at once arrives in the order of the requests", async () => {
    let count = 0;
    onRequest = (response) => void sendSlowly(response, count++ === 0 ? 3 : 2);
    const text = String(
      await raw("GET / HTTP/1.1\r\nhost: a\r\n\r\nGET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n"),
    );
    expect(text.match(/piece \d/g)).toEqual(["piece 0", "piece 1", "piece 2", "piece 0", "piece 1"]);
  });

  test("waits for a client that reads slowly, and arrives whole", async () => {
    const piece = Buffer.alloc(MAX_TEXT_BYTES, "x");
    const pieces = 1000;
    let [sent, waits] = [0, 0];
    onRequest = (response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      const sink = new ResponseSink(response);
      const next = () => {
        while (sent < pieces) {
          sent++;
          if (!sink.write(piece)) return void waits++;
          if (sent % 2 === 0) return void setImmediate(next);
        }
        sink.end();
      };
      sink.onDrain(next);
      next();
    };
    const received = await fetch(`http://127.0.0.1:${port()}/`);
    await eventually(() => expect(waits).toBeGreaterThan(0));
    expect(sent).toBeLessThan(pieces);
    expect((await received.arrayBuffer()).byteLength).toBe(piece.length * pieces);
  });

  test("of a known length is sent as it is", async () => {
    onRequest = (response) => {
      response.writeHead(200, { "content-length": 3 });
      const sink = new ResponseSink(response);
      sink.write(Buffer.from("ab"));
      sink.end(Buffer.from("c"));
    };
    expect(await (await fetch(`http://127.0.0.1:${port()}/`)).text()).toBe("abc");
  });
});
