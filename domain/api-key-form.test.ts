import { expect, test } from "vitest";
import { presentsKey } from "./api-key-form.ts";
import { apiKeyId, newApiKey } from "./keys/api-key.ts";

const { secret } = newApiKey();

test.each([
  [{ authorization: `Bearer ${secret}` }, true],
  [{ authorization: `bearer  ${secret}` }, true],
  [{ "x-api-key": secret }, true],
  [{ authorization: secret }, false],
  [{ authorization: `Bearer ${secret}x` }, false],
  [{ authorization: `Bearer ${secret}, Bearer ${secret}` }, false],
  [{ "x-api-key": "sk-something-else" }, false],
  [{}, false],
])("headers %# present a key: %j is %s", (headers, presents) => {
  expect(presentsKey(headers)).toBe(presents);
});

test("every key that can be made has the form", () => {
  for (let count = 0; count < 100; count++) {
    const key = newApiKey().secret;
    expect(apiKeyId(key)).toBeDefined();
    expect(presentsKey({ "x-api-key": key })).toBe(true);
  }
});
