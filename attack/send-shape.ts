import { connect, type Socket } from "node:net";
import { CLIENT_IP_HEADER } from "../contracts/api/headers.ts";
import { OWN_CONNECTION } from "./own-connection.ts";
import { randomAddress } from "./random-address.ts";
import { type Shape, STORED_ID } from "./shape.ts";

const TIMEOUT_MS = 60_000;
/** Of a WebSocket that has not been closed: how long nothing came from it. */
const QUIET_MS = 1500;
const CLOSE_FRAME = 0x88;

/** How a gateway responded. */
export interface Outcome {
  /** Of HTTP; the close code of a WebSocket, or 101 when it is still open; 0 when the connection ended without any. */
  readonly status: number;
  /** Of a refusal by a rate limit. */
  readonly retryAfterSeconds: number | undefined;
}

/**
 * Sends a shape over a connection of its own. A gateway without an edge in front counts it for an address of its own, so
 * that no limit per address is met.
 * @param key of a caller; @default - none is sent
 */
export async function sendShape(url: string, shape: Shape, key?: string): Promise<Outcome> {
  return await sendOne(url, shape.before === undefined ? shape : await secondStep(url, shape, shape.before, key), key);
}

/** The shape with the id of the response to the request before it. */
async function secondStep(url: string, shape: Shape, before: Buffer, key?: string): Promise<Shape> {
  const headers = { ...OWN_CONNECTION, "content-type": "application/json", [CLIENT_IP_HEADER]: randomAddress() };
  const authorization = key === undefined ? {} : { authorization: `Bearer ${key}` };
  const options = { method: "POST", headers: { ...headers, ...authorization }, body: before };
  const response = await fetch(`${url}${shape.path}`, options);
  const id = /"id":"resp_(\w+)"/.exec(await response.text())?.[1] ?? "none";
  return { ...shape, body: Buffer.from(shape.body.toString("utf8").replaceAll(STORED_ID, id)) };
}

async function sendOne(url: string, shape: Shape, key?: string): Promise<Outcome> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port) });
  socket.setTimeout(TIMEOUT_MS, () => socket.destroy());
  const outcome = shape.framing === "websocket" ? closeOf(socket, shape.body) : headOf(socket);
  socket.write(`${headLines(shape, hostname, key).join("\r\n")}\r\n\r\n`);
  if (shape.framing === "bytewise") socket.write(bytewise(shape.body));
  else if (shape.framing !== "websocket") socket.write(shape.body);
  const got = await outcome;
  socket.destroy();
  return got;
}

function headLines({ method = "POST", path, headers, framing, body }: Shape, host: string, key?: string): string[] {
  const length = { length: [`content-length: ${body.length}`], bytewise: ["transfer-encoding: chunked"] };
  return [
    `${method} ${path} HTTP/1.1`,
    `host: ${host}`,
    `${CLIENT_IP_HEADER}: ${randomAddress()}`,
    ...(key === undefined ? [] : [`authorization: Bearer ${key}`]),
    ...(framing === "bytewise" ? length.bytewise : framing === undefined || framing === "length" ? length.length : []),
    ...headers,
  ];
}

/** The status of the first response. What comes behind it is read and dropped. */
function headOf(socket: Socket): Promise<Outcome> {
  return new Promise((resolve) => {
    let text = "";
    const finish = () => {
      const retryAfter = /^retry-after: (\d+)/im.exec(text)?.[1];
      const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 0);
      resolve({ status, retryAfterSeconds: retryAfter === undefined ? undefined : Number(retryAfter) });
    };
    socket.on("data", (chunk: Buffer) => {
      if (text.length < 20_000) text += chunk.toString("latin1");
      if (text.includes("\r\n\r\n")) finish();
    });
    socket.on("error", finish).on("close", finish);
  });
}

/** The code with which a WebSocket is closed once these frames were sent. */
async function closeOf(socket: Socket, frames: Buffer): Promise<Outcome> {
  const bytes: Buffer[] = [];
  return await new Promise((resolve) => {
    let isOpen = false;
    let timer: NodeJS.Timeout | undefined;
    const finish = () => {
      clearTimeout(timer);
      const received = Buffer.concat(bytes).toString("latin1");
      const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(received)?.[1] ?? 0);
      resolve({ status: closeCode(received) ?? status, retryAfterSeconds: undefined });
    };
    socket.on("data", (chunk: Buffer) => {
      bytes.push(chunk);
      clearTimeout(timer);
      timer = setTimeout(finish, QUIET_MS);
      if (isOpen || !Buffer.concat(bytes).includes("\r\n\r\n")) return;
      isOpen = true;
      socket.write(frames);
    });
    socket.on("error", finish).on("close", finish);
  });
}

/** A close frame is the last one that a server sends; its reason is text. */
function closeCode(received: string): number | undefined {
  const bytes = Buffer.from(received.slice(received.indexOf("\r\n\r\n") + 4), "latin1");
  const at = bytes.lastIndexOf(CLOSE_FRAME);
  if (at < 0 || at + 4 > bytes.length || at + 2 + (bytes[at + 1] ?? 0) !== bytes.length) return undefined;
  return bytes.readUInt16BE(at + 2);
}

function bytewise(body: Buffer): Buffer {
  return Buffer.concat(
    [...body.toString("latin1")]
      .map((byte) => Buffer.from(`1\r\n${byte}\r\n`, "latin1"))
      .concat(Buffer.from("0\r\n\r\n")),
  );
}
