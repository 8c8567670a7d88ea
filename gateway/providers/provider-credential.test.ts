import { describe, expect, onTestFinished, test } from "vitest";
import { ProviderCredential } from "./provider-credential.ts";

function setUp(from: "secret" | "environment" | "none", first: string | Error = "key-1") {
  const state = { value: first, reads: 0, now: 0, problems: [] as string[] };
  const credential = new ProviderCredential({
    provider: "hugging-face",
    credential: from === "secret" ? { from, secretId: "sluice/hf" } : { from },
    reader: {
      async secret(secretId) {
        expect(secretId).toBe("sluice/hf");
        state.reads++;
        if (state.value instanceof Error) throw state.value;
        return state.value;
      },
      variable(name) {
        expect(name).toBe("SLUICE_PROVIDER_KEY_HUGGING_FACE");
        return state.value instanceof Error ? undefined : state.value;
      },
    },
    onProblem: (problem) => state.problems.push(problem),
    now: () => state.now,
  });
  onTestFinished(() => credential.stop());
  return { state, credential };
}

describe("a provider's key", () => {
  test("is read from its secret, without the line break that editors leave", async () => {
    const { credential } = setUp("secret", "key-1\n");
    expect(credential.isReady).toBe(false);
    await credential.start();
    expect(credential.key).toBe("key-1");
  });

  test("comes from the variable of the provider's name on one machine", async () => {
    const { credential } = setUp("environment");
    await credential.start();
    expect(credential.key).toBe("key-1");
  });

  test("is not needed where there is none", async () => {
    const { credential, state } = setUp("none");
    await credential.start();
    expect([credential.isReady, credential.key, state.reads]).toEqual([true, undefined, 0]);
  });

  test("is read again when the provider refuses it, but not for every refused request", async () => {
    const { credential, state } = setUp("secret");
    await credential.start();
    state.value = "key-2";
    expect(await credential.renew()).toBe(false);
    state.now = 10_000;
    expect(await Promise.all([credential.renew(), credential.renew()])).toEqual([true, true]);
    expect([credential.key, state.reads]).toEqual(["key-2", 2]);
  });

  // documented: provider-secret-gone
  test("stays the last known one while the secret can't be read, and without one the log has the reason", async () => {
    const { credential, state } = setUp("secret");
    await credential.start();
    state.value = Object.assign(new Error("key-1 is secret"), { name: "AccessDeniedException" });
    state.now = 10_000;
    expect(await credential.renew()).toBe(false);
    expect(credential.key).toBe("key-1");
    expect(state.problems).toEqual(["its secret can't be read (AccessDeniedException)"]);
  });

  test.each(["", "two\nlines", "schlüssel"])("that could not be a header is none: %j", async (value) => {
    const { credential, state } = setUp("secret", value);
    await credential.start();
    expect(credential.isReady).toBe(false);
    expect(state.problems).toEqual([expect.stringContaining("its key is")]);
  });
});
