import { connect } from "node:net";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { chat, completion, errorOf, post, startTestGateway } from "../test/test-gateway.ts";

describe("the body of a generation request", () => {
  // documented: body-problems-listed
  test("every problem is listed with its path, value, rule and remedy", async () => {
    const { url, engines } = await startTestGateway();
    const body = completion({ temperature: 9, max_tokens: "many", n: 0, stop: ["a", ""] });
    const error = await errorOf(await post(url, "/v1/completions", body), 400, "invalid_request");
    expect(error.type).toBe("invalid_request_error");
    expect(error.details).toEqual([
      { param: "max_tokens", message: '`max_tokens` must be a number, got "many"; send that type.' },
      { param: "temperature", message: "`temperature` must be at most 2, got 9; lower it." },
      { param: "n", message: "`n` must be at least 1, got 0; raise it." },
      {
        param: "stop[1]",
        message: "`stop[1]` must have at least 1 character, got a string of 0 characters; send more.",
      },
    ]);
    expect(error.param).toBe("max_tokens");
    expect(engines[0]?.received).toHaveLength(0);
  });

  test("a single problem is the message itself, under OpenAI's path", async () => {
    const { url } = await startTestGateway();
    const body = chat({ messages: [{ role: "robot", content: "Hello" }] });
    const error = await errorOf(await post(url, "/v1/chat/completions", body), 400, "invalid_request");
    expect(error.param).toBe("messages[0].role");
    expect(error.message).toMatch(/`messages\[0\]\.role` must be one of system, .*, got "robot"; use one of these/);
  });

  test.each([
    ["/v1/completions", { model: "tiny" }, "prompt", "is required"],
    ["/v1/completions", { prompt: "a" }, "model", "is required"],
    ["/v1/completions", completion({ prompt: { text: "a" } }), "prompt", "must be a string or an array"],
    ["/v1/completions", completion({ prompt: [1, "a"] }), "prompt[1]", "must be a string or a token id"],
    ["/v1/completions", completion({ prompt: [[1], [2.5]] }), "prompt[1][0]", "must be a token id"],
    ["/v1/completions", completion({ stream: "yes" }), "stream", 'must be a boolean, got "yes"'],
    ["/v1/completions", completion({ seed: 1.5 }), "seed", "must be a whole number, got 1.5"],
    ["/v1/completions", completion({ logit_bias: { a: 1 } }), "logit_bias.a", "is not a name that is allowed"],
    ["/v1/chat/completions", chat({ messages: [] }), "messages", "must have at least 1 item"],
    ["/v1/chat/completions", chat({ messages: "hi" }), "messages", "must be an array"],
    ["/v1/chat/completions", chat({ tool_choice: "maybe" }), "tool_choice", "must be none or auto or required"],
    [
      "/v1/chat/completions",
      chat({ messages: [{ role: "user", content: [{ type: "film" }] }] }),
      "messages[0].content[0].type",
      "must be one of text",
    ],
    [
      "/v1/chat/completions",
      chat({ response_format: { type: "xml" } }),
      "response_format.type",
      'must be one of text, json_object, json_schema, got "xml"; use one of these.',
    ],
    ["/v1/chat/completions", chat({ messages: "" }), "messages", "must be an array, got a string of 0 characters"],
    ["/v1/chat/completions", chat({ model: [] }), "model", "must be a string, got an array of 0; send that type."],
    ["/v1/chat/completions", chat({ seed: 1e300 }), "seed", "must be at most 9223372036854775807, got 1e+300;"],
    ["/v1/chat/completions", chat({ seed: -1e300 }), "seed", "must be at least -9223372036854775808, got -1e+300;"],
    ["/v1/responses", { model: "tiny", input: [null] }, "input[0]", "must be an object, got null; send that type."],
    ["/v1/responses", { model: "tiny", input: ["a"] }, "input[0]", "must be an object, got a string"],
  ])("%s refuses %j at %s", async (path, body, param, rule) => {
    const { url } = await startTestGateway();
    const error = await errorOf(await post(url, path, body), 400, "invalid_request");
    expect(error.param).toBe(param);
    expect(error.message).toContain(rule);
  });

  test.each([
    ["/v1/chat/completions", chat({ max_tokens: 1e300 }), "max_tokens", "must be at most 1000000"],
    ["/v1/chat/completions", chat({ n: 1e300 }), "n", "must be at most 16"],
    ["/v1/chat/completions", chat({ n: -1e300 }), "n", "must be at least 1"],
    ["/v1/chat/completions", chat({ top_k: 1e300 }), "top_k", "must be at most 1000000"],
    ["/v1/chat/completions", chat({ top_logprobs: 1e300 }), "top_logprobs", "must be at most 20"],
    ["/v1/completions", completion({ logprobs: 1e300 }), "logprobs", "must be at most 5"],
    ["/v1/completions", completion({ best_of: 1e300 }), "best_of", "must be at most 16"],
    ["/v1/responses", { model: "tiny", input: "a", max_output_tokens: 1e300 }, "max_output_tokens", "at most 1000000"],
    ["/v1/chat/completions", chat({ messages: "" }), "messages", "must be an array"],
  ])("a field has one problem, whose rule and value are the message: %s %j", async (path, body, param, rule) => {
    const { url } = await startTestGateway();
    const error = await errorOf(await post(url, path, body), 400, "invalid_request");
    expect(error.details).toEqual([{ param, message: error.message }]);
    expect(error.message).toContain(rule);
    expect(error.message).toContain(", got ");
  });

  test.each([
    [
      '"max_tokens": 1e400',
      "max_tokens",
      "must be a finite whole number, at least 0 and at most 1000000, got a number over 1.8e308; lower it.",
    ],
    [
      '"temperature": -1e400',
      "temperature",
      "must be a finite number, at least 0 and at most 2, got a number below -1.8e308; raise it.",
    ],
    [
      '"top_p": 1e400',
      "top_p",
      "must be a finite number, more than 0 and at most 1, got a number over 1.8e308; lower it.",
    ],
    ['"prompt": [1, 1e400]', "prompt[1]", "a token id (a whole number from 0), got a number over 1.8e308;"],
    ['"prompt": [1, 1.5]', "prompt[1]", "a token id (a whole number from 0), got a fraction;"],
    ['"stop": 1e400', "stop", "must be a string or an array, got a number over 1.8e308; send one of these."],
  ])(
    "{%s} is refused with the range of numbers there, not as a number that has to be one",
    async (field, param, rule) => {
      const { url } = await startTestGateway();
      const prompt = field.includes("prompt") ? "" : '"prompt": "a", ';
      const error = await errorOf(
        await post(url, "/v1/completions", `{"model": "tiny", ${prompt}${field}}`),
        400,
        "invalid_request",
      );
      expect(error.details).toEqual([{ param, message: error.message }]);
      expect(error.message).toContain(rule);
    },
  );

  test.each(["prompt", "input", "tokens"])("a list in `%s` is no prompt of a chat completion", async (field) => {
    const { url, engines } = await startTestGateway();
    const response = await post(url, "/v1/chat/completions", chat({ [field]: [null] }));
    expect(response.status).toBe(200);
    expect(engines[0]?.received[0]?.text).toContain(`"${field}":[null]`);
  });

  test("the response repeats no prompt and no message, and at most 80 characters of any value", async () => {
    const { url } = await startTestGateway();
    const secret = "my-secret-diary";
    const bodies = [
      chat({
        messages: [{ role: "user", content: [{ type: secret }] }],
        tools: secret,
        response_format: { type: secret },
      }),
      completion({ prompt: { secret }, suffix: [secret], stop: { secret }, user: [secret] }),
      `{"model": "tiny", "prompt": "${secret}" oops}`,
    ];
    for (const [index, body] of bodies.entries()) {
      const response = await post(url, index === 0 ? "/v1/chat/completions" : "/v1/completions", body);
      expect(response.status).toBe(400);
      expect(await response.text()).not.toContain(secret);
    }
    const long = await post(url, "/v1/completions", completion({ temperature: "x".repeat(5000) }));
    expect((await errorOf(long, 400, "invalid_request")).message.length).toBeLessThan(200);
  });

  test.each([
    ['{"model": "tiny",', /position 17/],
    ["[]", /not an array/],
    ["null", /not null/],
    ['"text"', /not a string/],
    ["", /no body/],
  ])("%j is 400 invalid_json", async (text, message) => {
    const { url } = await startTestGateway();
    expect((await errorOf(await post(url, "/v1/completions", text), 400, "invalid_json")).message).toMatch(message);
  });

  test("a POST without any body and content type is 400", async () => {
    const { url } = await startTestGateway();
    await errorOf(await fetch(`${url}/v1/completions`, { method: "POST" }), 400, "invalid_json");
  });

  test("bytes that are not UTF-8 are 400", async () => {
    const { url } = await startTestGateway();
    const bytes = Buffer.concat([
      Buffer.from('{"model":"tiny","prompt":"'),
      Buffer.from([0xff, 0xfe]),
      Buffer.from('"}'),
    ]);
    const headers = { "content-type": "application/json" };
    const response = await fetch(`${url}/v1/completions`, { method: "POST", headers, body: bytes });
    expect((await errorOf(response, 400, "invalid_json")).message).toContain("UTF-8");
  });

  test("a __proto__ in the body changes no object", async () => {
    const { url, engines } = await startTestGateway();
    const body = '{"model":"tiny","prompt":"a","__proto__":{"stream":true,"max_tokens":-1}}';
    const response = await post(url, "/v1/completions", body);
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("application/json");
    expect(engines[0]?.received[0]?.text).toBe(body);
    expect(({} as { stream?: unknown }).stream).toBeUndefined();
  });

  test.each([
    "text/plain",
    "application/x-www-form-urlencoded",
    "application/jsonp",
    "multipart/form-data; boundary=x",
  ])("content type %s is 415", async (type) => {
    const { url } = await startTestGateway();
    await errorOf(
      await post(url, "/v1/completions", completion(), { "content-type": type }),
      415,
      "unsupported_media_type",
    );
  });

  test.each(["application/json", "application/json; charset=utf-8", "Application/JSON;charset=UTF-8"])(
    "content type %s is taken",
    async (type) => {
      const { url } = await startTestGateway();
      expect((await post(url, "/v1/completions", completion(), { "content-type": type })).status).toBe(200);
    },
  );

  test("a compressed body is 415", async () => {
    const { url } = await startTestGateway();
    const headers = { "content-type": "application/json", "content-encoding": "gzip" };
    const body = gzipSync(JSON.stringify(completion()));
    await errorOf(
      await fetch(`${url}/v1/completions`, { method: "POST", headers, body }),
      415,
      "unsupported_media_type",
    );
  });

  test("a body full of wrong values is refused before it costs seconds", async () => {
    const { url } = await startTestGateway({ config: { bodyLimitBytes: 4_000_000 } });
    const parts = `[${"0,".repeat(900_000)}0]`;
    const body = `{"model":"tiny","messages":[{"role":"user","content":${parts}}]}`;
    const error = await errorOf(await post(url, "/v1/chat/completions", body), 400, "invalid_request");
    expect(error.message).toContain("over 50000 values");
  });
});

describe("a body over the limit", () => {
  const limited = () => startTestGateway({ config: { bodyLimitBytes: 2000 } });

  test("one of exactly the limit is taken, one byte more is 413", async () => {
    const { url } = await limited();
    const empty = JSON.stringify(completion({ prompt: "" })).length;
    expect((await post(url, "/v1/completions", completion({ prompt: "x".repeat(2000 - empty) }))).status).toBe(200);
    const over = await post(url, "/v1/completions", completion({ prompt: "x".repeat(2001 - empty) }));
    expect((await errorOf(over, 413, "request_too_large")).message).toContain("2000 bytes");
  });

  test.each(["content-length: 30000000", "transfer-encoding: chunked"])(
    "a client that sends 30 MB with %s reads the 413, and then the end of the connection",
    async (header) => {
      const { url } = await limited();
      const socket = connect(Number(new URL(url).port), "127.0.0.1");
      let response = "";
      const ended = new Promise<void>((resolve, reject) => {
        socket.on("data", (chunk) => {
          response += chunk.toString();
        });
        socket.on("end", resolve).on("error", reject);
      });
      socket.write(`POST /v1/completions HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n${header}\r\n\r\n`);
      const isChunked = header.includes("chunked");
      const piece = Buffer.alloc(100_000, 0x20);
      for (let sent = 0; sent < 300; sent++) {
        if (isChunked) socket.write(`${piece.length.toString(16)}\r\n`);
        if (!socket.write(piece)) await new Promise((resolve) => socket.once("drain", resolve));
        if (isChunked) socket.write("\r\n");
      }
      if (isChunked) socket.write("0\r\n\r\n");
      await ended;
      expect(response).toMatch(/^HTTP\/1\.1 413 /);
      expect(response).toMatch(/connection: close/i);
      expect(response).toContain('"code":"request_too_large"');
      socket.destroy();
    },
  );

  test("a client that waits for 100 Continue gets the 413 instead, and has sent nothing", async () => {
    const { url } = await limited();
    const socket = connect(Number(new URL(url).port), "127.0.0.1");
    socket.write(
      "POST /v1/completions HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 5000\r\nexpect: 100-continue\r\n\r\n",
    );
    const first = await new Promise<string>((resolve) => socket.once("data", (chunk) => resolve(chunk.toString())));
    expect(first).toMatch(/^HTTP\/1\.1 413 /);
    socket.destroy();
  });

  test("a client that waits for 100 Continue with a valid request gets it", async () => {
    const { url } = await limited();
    const socket = connect(Number(new URL(url).port), "127.0.0.1");
    const body = JSON.stringify(completion());
    socket.write(
      `POST /v1/completions HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\nexpect: 100-continue\r\n\r\n`,
    );
    let response = "";
    socket.on("data", (chunk) => {
      response += chunk.toString();
      if (response.endsWith("HTTP/1.1 100 Continue\r\n\r\n")) socket.write(body);
    });
    await new Promise((resolve) => socket.once("end", resolve));
    expect(response).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK/);
  });
});
