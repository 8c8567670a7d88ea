import { CHAT_PATH, type Shape, type ShapeBuilder } from "./shape.ts";

const OPCODE = { continuation: 0, text: 1, binary: 2, ping: 9, pong: 10 } as const;
const FINAL = 0x80;
const MASKED = 0x80;
/** Close codes of RFC 6455 for what a server does not take. */
const CLOSED = {
  protocolError: 1002,
  unsupported: 1003,
  notUtf8: 1007,
  policy: 1008,
  tooBig: 1009,
  later: 1013,
} as const;
/** Still open, or ended without a code. */
const [OPEN, ENDED] = [101, 101];

/** Frames that cost more to take than to send. */
export function webSocketShapes(build: ShapeBuilder): readonly Shape[] {
  const { bytes } = build;
  const many = (one: Buffer) => Buffer.alloc(Math.floor(bytes / one.length) * one.length, one);
  const socket = (name: string, body: Buffer, statuses: readonly number[]): Shape => ({
    name: `WebSocket: ${name}`,
    method: "GET",
    path: CHAT_PATH,
    headers: [
      "connection: Upgrade",
      "upgrade: websocket",
      "sec-websocket-version: 13",
      "sec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==",
    ],
    body,
    framing: "websocket",
    statuses,
  });
  const start = frame(OPCODE.text, "{", 0);
  return [
    socket("messages", many(frame(OPCODE.text, "{}")), [CLOSED.policy, CLOSED.later]),
    socket("pings", Buffer.concat([many(frame(OPCODE.ping, "")), frame(OPCODE.binary, "")]), [
      ENDED,
      CLOSED.unsupported,
    ]),
    socket("pongs", Buffer.concat([many(frame(OPCODE.pong, "")), frame(OPCODE.binary, "")]), [CLOSED.unsupported]),
    socket("fragments of one byte", Buffer.concat([start, many(frame(OPCODE.continuation, "a", 0))]), [
      CLOSED.policy,
      CLOSED.tooBig,
    ]),
    socket("fragments of nothing", Buffer.concat([start, many(frame(OPCODE.continuation, "", 0))]), [
      CLOSED.policy,
      CLOSED.tooBig,
    ]),
    socket("a frame that promises 2^62 bytes", Buffer.from("81ff400000000000000000000000", "hex"), [
      CLOSED.tooBig,
      CLOSED.protocolError,
    ]),
    socket("bytes that are no frames", Buffer.alloc(bytes, 0xff), [CLOSED.protocolError]),
    socket("a message that is no text", frame(OPCODE.text, Buffer.alloc(60_000, 0xff)), [CLOSED.notUtf8]),
    socket("a large message that is no JSON", frame(OPCODE.text, Buffer.alloc(Math.min(bytes, 60_000), "[")), [OPEN]),
  ];
}

/** A client's frame, masked with zeros. @param final whether it ends its message */
export function frame(opcode: number, payload: string | Buffer, final = FINAL): Buffer {
  const bytes = Buffer.from(payload);
  const head = Buffer.from(
    bytes.length < 126 ? [final | opcode, MASKED | bytes.length] : [final | opcode, MASKED | 126, 0, 0],
  );
  if (bytes.length >= 126) head.writeUInt16BE(bytes.length, 2);
  return Buffer.concat([head, Buffer.alloc(4), bytes]);
}
